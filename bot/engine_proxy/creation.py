"""What a container may be made with. Only what is named here passes, and each value is looked at.

Fields of the engine's API: https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerCreate.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.engine_proxy.documents import Json
from bot.engine_proxy.errors import RefusedError
from bot.engine_proxy.policy import LABEL, Policy, SocketFolder

Check = Callable[[Json], None]
"""Raises RefusedError for a value that may not pass."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Creation:
    """A body that may go to the engine, and what of it has still to be looked at there."""

    body: dict[str, Json]
    image: str
    folders: tuple[tuple[str, ...], ...]
    """The sockets' folders that it binds, by their pieces below the volume."""


def check(document: Mapping[str, Json], policy: Policy, sockets: SocketFolder) -> Creation:
    """The body of `containers/create`, without what says nothing. Raises RefusedError."""
    folders: list[tuple[str, ...]] = []

    def bind(source: str) -> None:
        folders.append(sockets.below(source))

    body = keep(document, _container(policy), "the container")
    host = document.get("HostConfig")
    if not isinstance(host, dict):
        raise RefusedError("HostConfig is missing")
    kept = keep(host, _host(bind), "HostConfig")
    body["HostConfig"] = kept
    if body.get("User") == policy.builder and body.get("Image") != policy.sandbox_image:
        raise RefusedError(f"the user {policy.builder} is only for the base image, to build others from it")
    for name in _NEEDED:
        if name not in body:
            raise RefusedError(f"{name} is missing")
    for name in _NEEDED_OF_HOST:
        if name not in kept:
            raise RefusedError(f"HostConfig.{name} is missing")
    return Creation(body=body, image=str(body["Image"]), folders=tuple(folders))


_NEEDED = ("Image", "User", "Labels")
_NEEDED_OF_HOST = ("CapDrop", "SecurityOpt", "NetworkMode", "Memory", "PidsLimit")


def keep(document: Mapping[str, Json], checks: Mapping[str, Check], where: str) -> dict[str, Json]:
    """The keys that have a check, looked at; the others have to say nothing, and are left out.

    Raises RefusedError.
    """
    found: dict[str, Json] = {}
    for key, value in document.items():
        if key in checks:
            if value is not None:
                try:
                    checks[key](value)
                except RefusedError as refusal:
                    raise RefusedError(f"{key}: {refusal}") from refusal
                found[key] = value
        elif value not in (None, False, 0, "", [], {}):
            raise RefusedError(f"{where} may not have {key!r}")
    return found


def _container(policy: Policy) -> dict[str, Check]:
    return {
        "Image": _image(policy),
        "User": one_of(policy.user, policy.builder),
        "Labels": labels,
        "Cmd": texts,
        "Entrypoint": texts,
        "Env": texts,
        "WorkingDir": _fits(_PATH),
        "Hostname": _fits(r"[A-Za-z0-9][A-Za-z0-9-]{0,62}"),
        "StopSignal": _fits(r"SIG[A-Z0-9]{2,8}"),
        "StopTimeout": _number,
        "NetworkDisabled": _flag,
        "Healthcheck": _exactly({"Test": ["NONE"]}),
        "Tty": _flag,
        "OpenStdin": _flag,
        "StdinOnce": _flag,
        "AttachStdin": _flag,
        "AttachStdout": _flag,
        "AttachStderr": _flag,
        "HostConfig": _anything,  # has checks of its own
    }


def _host(bind: Callable[[str], None]) -> dict[str, Check]:
    return {
        "NetworkMode": _exactly("none"),
        "CapDrop": _exactly(["ALL"]),
        "SecurityOpt": one_of(["no-new-privileges"], ["no-new-privileges:true"], ["no-new-privileges=true"]),
        "Binds": _binds(bind),
        "Mounts": _mounts(bind),
        "Tmpfs": _tmpfs,
        "ReadonlyRootfs": _flag,
        "Memory": _at_least_one,
        "MemorySwap": _at_least_one,
        "MemoryReservation": _number,
        "MemorySwappiness": _number,
        "NanoCpus": _number,
        "CpuPeriod": _number,
        "CpuQuota": _number,
        "CpuShares": _number,
        "PidsLimit": _at_least_one,
        "ShmSize": _number,
        "Ulimits": _ulimits,
        "Init": _flag,
        "AutoRemove": _flag,
        "IpcMode": one_of("", "private", "none"),
        "CgroupnsMode": one_of("", "private"),
        "RestartPolicy": _restart_policy,
        "LogConfig": _log_config,
        "OomScoreAdj": _oom_score,
    }


_PATH = r"/[\w.-]+(?:/[\w.-]+)*"
_SHARED_MEMORY = "/dev/shm"  # noqa: S108 (in the container)
_BIND_OPTIONS = {"", "rw", "ro"}
_MOUNT_OPTIONS = re.compile(
    r"(?:rw|ro|noexec|exec|nosuid|nodev|(?:size|nr_inodes)=\d{1,12}[kmg]?|mode=[0-7]{3,4}|[ug]id=\d{1,9})"
)


def _refuse(value: Json) -> RefusedError:
    shown = repr(value)
    return RefusedError(f"Ride's containers never have {shown if len(shown) < 200 else 'this value'}")


def _anything(_: Json) -> None:
    pass


def _exactly(wanted: Json) -> Check:
    return one_of(wanted)


def one_of(*wanted: Json) -> Check:
    def look(value: Json) -> None:
        if not any(type(value) is type(one) and value == one for one in wanted):
            raise _refuse(value)

    return look


def _fits(pattern: str) -> Check:
    def look(value: Json) -> None:
        if not isinstance(value, str) or (value and re.fullmatch(pattern, value, re.ASCII) is None):
            raise _refuse(value)

    return look


def _flag(value: Json) -> None:
    if not isinstance(value, bool):
        raise _refuse(value)


def _number(value: Json) -> None:
    if type(value) is not int or value < 0:
        raise _refuse(value)


def _at_least_one(value: Json) -> None:
    """Zero and below mean "without a limit"."""
    if type(value) is not int or value < 1:
        raise _refuse(value)


def _oom_score(value: Json) -> None:
    """The kernel ends it sooner than others, never later."""
    if type(value) is not int or not 0 <= value <= 1000:
        raise _refuse(value)


def texts(value: Json) -> None:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise _refuse(value)


def _image(policy: Policy) -> Check:
    def look(value: Json) -> None:
        if not isinstance(value, str) or not (policy.is_ours(value) or _IMAGE_ID.fullmatch(value)):
            raise _refuse(value)

    return look


_IMAGE_ID = re.compile(r"sha256:[0-9a-f]{64}", re.ASCII)


def labels(value: Json) -> None:
    """Ours alone: others' labels say to others' programs what a container is."""
    if not isinstance(value, dict) or not value:
        raise _refuse(value)
    for name, text in value.items():
        if not name.startswith(LABEL) or not isinstance(text, str):
            raise RefusedError(f"Ride's containers never have the label {name!r}")


def _binds(bind: Callable[[str], None]) -> Check:
    def look(value: Json) -> None:
        if not isinstance(value, list):
            raise _refuse(value)
        for one in value:
            pieces = one.split(":") if isinstance(one, str) else []
            if len(pieces) not in (2, 3) or (len(pieces) == 3 and pieces[2] not in _BIND_OPTIONS):
                raise _refuse(one)
            _target(pieces[1])
            bind(pieces[0])

    return look


def _mounts(bind: Callable[[str], None]) -> Check:
    def look(value: Json) -> None:
        if not isinstance(value, list):
            raise _refuse(value)
        for one in value:
            if not isinstance(one, dict):
                raise _refuse(one)
            kind = one.get("Type")
            checks: dict[str, Check] = {"Type": one_of("bind", "tmpfs"), "Target": _target, "ReadOnly": _flag}
            if kind == "bind":
                checks["Source"] = _source(bind)
                checks["BindOptions"] = _bind_options
            else:
                checks["TmpfsOptions"] = _tmpfs_options
            if set(one) - set(checks) or "Target" not in one or (kind == "bind" and "Source" not in one):
                raise _refuse(one)
            for key, inner in one.items():
                checks[key](inner)

    return look


def _source(bind: Callable[[str], None]) -> Check:
    def look(value: Json) -> None:
        if not isinstance(value, str):
            raise _refuse(value)
        bind(value)

    return look


def _bind_options(value: Json) -> None:
    one_of({}, {"Propagation": "private"}, {"Propagation": "rprivate"})(value)


def _tmpfs_options(value: Json) -> None:
    if not isinstance(value, dict) or set(value) - {"SizeBytes", "Mode"}:
        raise _refuse(value)
    for inner in value.values():
        _number(inner)


def _target(value: Json) -> None:
    """A folder in the container that is neither the kernel's nor the whole."""
    if not isinstance(value, str) or re.fullmatch(_PATH, value, re.ASCII) is None:
        raise _refuse(value)
    pieces = value.split("/")
    if ".." in pieces or "." in pieces or pieces[1] in ("proc", "sys", "dev"):
        raise _refuse(value)


def _tmpfs(value: Json) -> None:
    if not isinstance(value, dict):
        raise _refuse(value)
    for folder, options in value.items():
        if folder != _SHARED_MEMORY:
            _target(folder)
        if not isinstance(options, str):
            raise _refuse(options)
        if options and not all(_MOUNT_OPTIONS.fullmatch(option) for option in options.split(",")):
            raise _refuse(options)


def _ulimits(value: Json) -> None:
    if not isinstance(value, list):
        raise _refuse(value)
    for one in value:
        if not isinstance(one, dict) or set(one) != {"Name", "Soft", "Hard"}:
            raise _refuse(one)
        _fits(r"[a-z]{2,12}")(one["Name"])
        _number(one["Soft"])
        _number(one["Hard"])


def _restart_policy(value: Json) -> None:
    if not isinstance(value, dict) or set(value) - {"Name", "MaximumRetryCount"}:
        raise _refuse(value)
    if value.get("Name") not in (None, "", "no") or value.get("MaximumRetryCount") not in (None, 0):
        raise _refuse(value)


def _log_config(value: Json) -> None:
    """Drivers that keep the log on the engine's machine, in files of a limited size."""
    if not isinstance(value, dict) or set(value) - {"Type", "Config"}:
        raise _refuse(value)
    if value.get("Type") not in ("json-file", "local", "none"):
        raise _refuse(value)
    options = value.get("Config")
    if options is None:
        return
    if not isinstance(options, dict) or set(options) - {"max-size", "max-file", "compress"}:
        raise _refuse(options)
    for option in options.values():
        _fits(r"[a-z0-9]{1,12}")(option)
