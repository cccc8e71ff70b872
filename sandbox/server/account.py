"""Whom PostgreSQL runs as: PostgreSQL refuses to be root, so root lends it an unprivileged numeric uid."""

import ctypes
import os
import pwd
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

DEFAULT_UID = 60777
"""Outside the ranges of ordinary users, Debian packages and systemd; it need not exist (no useradd)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """A user of the operating system by number; `lent` when we are root and step down to it."""

    uid: int
    gid: int
    lent: bool

    @classmethod
    def current(cls, uid: int = DEFAULT_UID) -> "Account":
        """The account for PostgreSQL: our own, or `uid` where we are root."""
        if os.geteuid() == 0:
            return cls(uid=uid, gid=uid, lent=True)
        return cls(uid=os.geteuid(), gid=os.getegid(), lent=False)

    def give(self, path: Path) -> None:
        """Make the account the owner of a file or folder that we made."""
        if self.lent:
            os.chown(path, self.uid, self.gid)

    def give_all(self, folder: Path) -> None:
        """Make the account the owner of a folder and all in it."""
        if self.lent:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def make_folder(self, folder: Path) -> None:
        """Make a folder and its parents, unless they are there; the account can enter what we made."""
        missing = [step for step in (folder, *folder.parents) if not step.exists()]
        folder.mkdir(parents=True, exist_ok=True)
        for step in missing:
            step.chmod(0o755 if self.lent else 0o700)  # whatever the umask says

    def named(self) -> "Account":
        """The account for initdb, which alone of PostgreSQL's programs wants a uid with a name in passwd.

        What it makes is to be handed on with `give_all`.
        """
        if not self.lent or _has_name(self.uid):
            return self
        nobody = pwd.getpwnam("nobody")
        return Account(uid=nobody.pw_uid, gid=nobody.pw_gid, lent=True)

    def naming(self) -> Callable[[], None] | None:
        """What initdb's child must call before it starts; None where our uid has a name."""
        if self.lent or _has_name(self.uid):
            return None
        return _appear_as_nobody

    def obstacle(self, path: Path) -> Path | None:
        """The first folder on the way to `path` (or `path` itself) that the account may not enter or read."""
        for step in self._way(path):
            mode = step.stat()
            if not self._may(mode, stat.S_IXOTH if step != path or step.is_dir() else stat.S_IROTH):
                return step
        return None

    def _way(self, path: Path) -> Iterator[Path]:
        resolved = path.resolve()
        yield from reversed(resolved.parents)
        yield resolved

    def _may(self, status: os.stat_result, other: int) -> bool:
        if status.st_uid == self.uid:
            return bool(status.st_mode & (other << 6))
        if status.st_gid == self.gid:
            return bool(status.st_mode & (other << 3))
        return bool(status.st_mode & other)


def _has_name(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


CLONE_NEWUSER = 0x10000000


def _appear_as_nobody() -> None:
    """Enter a user namespace in which our nameless uid (a container's, say) reads as nobody's."""
    ours = os.geteuid()
    nobody = pwd.getpwnam("nobody").pw_uid
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWUSER) == 0:
        Path("/proc/self/uid_map").write_text(f"{nobody} {ours} 1")
