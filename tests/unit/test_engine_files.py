"""Files for a container, and what an image may be made with."""

import io
import tarfile

import pytest

from bot.engine_proxy.commits import check_changes, check_config, check_files
from bot.engine_proxy.errors import RefusedError


def archive(*members: tarfile.TarInfo, content: bytes = b"") -> bytes:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as tar:
        for member in members:
            member.size = len(content) if member.isreg() else 0
            tar.addfile(member, io.BytesIO(content))
    return written.getvalue()


def member(name: str, kind: bytes = tarfile.REGTYPE, mode: int = 0o755, link: str = "") -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.mode, made.linkname = kind, mode, link
    return made


def test_scripts_pass() -> None:
    folder = member("opt/ride", tarfile.DIRTYPE)
    passed = check_files(archive(folder, member("opt/ride/entry.sh"), content=b"#!/bin/sh\n"), "/")
    with tarfile.open(fileobj=io.BytesIO(passed)) as tar:
        assert tar.getnames() == ["opt/ride", "opt/ride/entry.sh"]
        script = tar.extractfile("opt/ride/entry.sh")
        assert script is not None
        assert script.read() == b"#!/bin/sh\n"
        assert tar.getmember("opt/ride/entry.sh").mode == 0o755


@pytest.mark.parametrize(
    "bad",
    [
        member("../etc/passwd"),
        member("a/../../etc/passwd"),
        member("/etc/passwd"),
        member("sh", mode=0o4755),
        member("sh", mode=0o2755),
        member("x", tarfile.SYMTYPE, link="/etc/passwd"),
        member("x", tarfile.LNKTYPE, link="/etc/passwd"),
        member("sda", tarfile.BLKTYPE),
        member("null", tarfile.CHRTYPE),
        member("pipe", tarfile.FIFOTYPE),
        member("with\nbreak"),
    ],
)
def test_others_do_not(bad: tarfile.TarInfo) -> None:
    with pytest.raises(RefusedError):
        check_files(archive(bad), "/opt/ride")


def test_a_sparse_file_does_not_grow_here() -> None:
    """Some hundred bytes of an archive may stand for any number of zeros."""
    sparse = member("opt/ride/zeros")
    sparse.pax_headers = {"GNU.sparse.map": "0,0", "GNU.sparse.size": str(100 << 20)}
    with pytest.raises(RefusedError, match="plain file"):
        check_files(archive(sparse), "/")


@pytest.mark.parametrize("body", [b"", b"not a tar", b"x" * 1024])
def test_what_is_no_archive(body: bytes) -> None:
    with pytest.raises(RefusedError):
        check_files(body, "/opt/ride")


@pytest.mark.parametrize(("place", "name"), [("/opt/ride", "x"), ("/opt/ride/", "a/x"), ("/", "opt/ride/x")])
def test_their_place(place: str, name: str) -> None:
    check_files(archive(member(name)), place)


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ("/", "etc/passwd"),
        ("/", "opt/rider"),
        ("/etc", "opt/ride/x"),
        ("/opt", "ride2/x"),
        ("", "x"),
        ("opt/ride", "x"),
        ("/opt/ride/../../etc", "passwd"),
        ("/opt/ride", "../../etc/passwd"),
    ],
)
def test_no_other_place(place: str, name: str) -> None:
    with pytest.raises(RefusedError):
        check_files(archive(member(name)), place)


@pytest.mark.parametrize(
    "change", ['ENTRYPOINT ["/bin/sh", "/opt/ride/entry.sh"]', "CMD []", "USER 60777:60777"]
)
def test_what_it_starts_with(change: str) -> None:
    check_changes([change])


@pytest.mark.parametrize(
    "change",
    ["USER root", "USER 0:0", "VOLUME /x", "ONBUILD RUN x", 'CMD ["x"]\nUSER root', "ENV PATH=/x", ""],
)
def test_what_it_does_not(change: str) -> None:
    with pytest.raises(RefusedError):
        check_changes(["CMD []", change])


def test_an_image() -> None:
    config = check_config({"Labels": {"ride.digest": "1"}, "Entrypoint": ["sh"], "Env": None, "Cmd": []})
    assert config == {"Labels": {"ride.digest": "1"}, "Entrypoint": ["sh"], "Cmd": []}
    with pytest.raises(RefusedError):
        check_config({"Labels": {"com.docker.compose.project": "x"}})
    with pytest.raises(RefusedError):
        check_config({"OnBuild": ["RUN x"]})
