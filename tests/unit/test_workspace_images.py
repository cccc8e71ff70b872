"""Sizes of images, from bytes made here."""

import struct
import zlib

import pytest

from bot.workspace.company.images import size


def png(width: int, height: int) -> bytes:
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))


def jpeg(width: int, height: int) -> bytes:
    application = b"\xff\xe0" + struct.pack(">H", 16) + b"JFIF\0" + b"\0" * 9
    frame = b"\xff\xc2" + struct.pack(">HBHHB", 17, 8, height, width, 3) + b"\0" * 9
    return b"\xff\xd8" + application + frame + b"\xff\xd9"


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (png(1200, 700), (1200, 700)),
        (jpeg(640, 480), (640, 480)),
        (b"GIF89a" + struct.pack("<HH", 3, 4), (3, 4)),
        (png(1200, 700)[:20], None),
        (jpeg(640, 480)[:22], None),
        (b"\xff\xd8\xff", None),
        (b"row 1\nrow 2", None),
        (b"", None),
    ],
)
def test_sizes(content: bytes, found: tuple[int, int] | None) -> None:
    assert size(content) == found
