"""What is Ride's own at the engine: images, labels, the volume of the sockets."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from bot.engine_proxy.documents import Json
from bot.engine_proxy.errors import RefusedError

LABEL = "ride."
"""What the names of our labels begin with."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """The installation's settings, as far as the engine is concerned."""

    sandbox_image: str
    """The base image, which may be pulled and started."""
    repository: str
    """`<repository>/<slug>:<digest>` are the images that Ride makes."""
    socket_volume: str
    """The volume with a folder a sandbox, where the server's socket is."""
    user: str
    """Who sandboxes run as, `uid:gid`."""
    builder: str
    """Who a scenario's image is made as, in a container of the base image; a name there."""

    def is_ours(self, image: str) -> bool:
        """Whether an image of this name is the base or one that Ride makes."""
        return image == self.sandbox_image or self.is_made(image)

    def is_made(self, image: str) -> bool:
        """Whether an image has a name as Ride gives to those it makes."""
        made = rf"{re.escape(self.repository)}/[a-z0-9][a-z0-9._-]*:[\w][\w.-]{{0,127}}"
        return re.fullmatch(made, image, re.ASCII) is not None

    def has_our_name(self, described: Mapping[str, Json]) -> bool:
        """Whether the engine's description of an image has one of these names in it."""
        tags = described.get("RepoTags")
        return isinstance(tags, list) and any(isinstance(tag, str) and self.is_ours(tag) for tag in tags)


def labelled(labels: Json) -> bool:
    """Whether what has these labels was made by Ride."""
    return isinstance(labels, dict) and any(name.startswith(LABEL) for name in labels)


@dataclass(frozen=True, kw_only=True, slots=True)
class SocketFolder:
    """Where the sockets' volume is."""

    mountpoint: PurePosixPath
    """On the engine's machine."""

    def below(self, source: str) -> tuple[str, ...]:
        """The pieces of a path below it, one or two. Raises RefusedError for any other path."""
        pieces = source.removeprefix(f"{self.mountpoint}/")
        found = tuple(pieces.split("/"))
        if pieces == source or len(found) > 2 or not all(_FOLDER.fullmatch(piece) for piece in found):
            raise RefusedError(f"the folder {source!r} is not one of a sandbox's sockets")
        return found


_FOLDER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*", re.ASCII)
