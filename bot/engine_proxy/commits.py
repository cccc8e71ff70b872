"""What an image may be made with, and the files that may be put into a container for it."""

import io
import re
import tarfile
from collections.abc import Mapping, Sequence

from bot.engine_proxy.creation import Check, keep, labels, one_of, texts
from bot.engine_proxy.documents import Json
from bot.engine_proxy.errors import RefusedError

FILES_AT = "/opt/ride"
"""The folder in a container that files may be put below."""

_NAME = re.compile(r"[\w.-]+(?:/[\w.-]+)*/?", re.ASCII)
_CHANGE = re.compile(r"(?:ENTRYPOINT|CMD) \[[^\n]*\]|CMD \[\]|USER [1-9]\d{0,8}:[1-9]\d{0,8}", re.ASCII)
_CONFIG: Mapping[str, Check] = {
    "Labels": labels,
    "Cmd": texts,
    "Entrypoint": texts,
    "Env": texts,
    "Healthcheck": one_of({"Test": ["NONE"]}),
}


def check_config(document: Mapping[str, Json]) -> dict[str, Json]:
    """The body of `commit`, without what says nothing. Raises RefusedError.

    What an image says of its user and its volumes decides nothing: a container is made with its own.
    """
    return keep(document, _CONFIG, "the image")


def check_changes(changes: Sequence[str]) -> None:
    """What the image starts with. Raises RefusedError for other instructions of a Dockerfile."""
    for change in changes:
        if _CHANGE.fullmatch(change) is None:
            raise RefusedError(f"Ride never makes the change {change!r} to an image")


def check_files(archive: bytes, place: str) -> bytes:
    """A tar archive of folders and regular files, written anew, to be unpacked in the folder `place`.

    Raises RefusedError for anything else in it, and for what would come to lie outside of FILES_AT.
    """
    if {".", ".."} & set(place.split("/")):
        raise RefusedError("files can't go into a folder with dots in its path")
    written = io.BytesIO()
    try:
        with (
            tarfile.open(fileobj=io.BytesIO(archive), mode="r:") as given,
            tarfile.open(fileobj=written, mode="w", format=tarfile.PAX_FORMAT) as kept,
        ):
            for member in given:
                # A sparse file is a few bytes here, and whatever it says it is once it is written.
                plain_kind = (member.isreg() and not member.issparse()) or member.isdir()
                if not plain_kind or member.mode & 0o7000:
                    raise RefusedError(f"{member.name!r} is not a plain file or folder")
                if _NAME.fullmatch(member.name) is None or {".", ".."} & set(member.name.split("/")):
                    raise RefusedError(f"{member.name!r} is not a plain name")
                if not f"{place.rstrip('/')}/{member.name.rstrip('/')}/".startswith(f"{FILES_AT}/"):
                    raise RefusedError(f"files can only go below {FILES_AT}, not at {member.name}")
                plain = tarfile.TarInfo(member.name)
                plain.type = tarfile.DIRTYPE if member.isdir() else tarfile.REGTYPE
                plain.size, plain.mode, plain.mtime = member.size, member.mode, member.mtime
                plain.uid, plain.gid = member.uid, member.gid
                kept.addfile(plain, given.extractfile(member) if member.isreg() else None)
    except tarfile.TarError as error:
        raise RefusedError("the files are not a tar archive") from error
    return written.getvalue()
