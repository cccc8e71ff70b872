"""Addresses as settings say them."""

import pytest

from bot.base.address import Address


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("127.0.0.1:9464", "127.0.0.1", 9464),
        ("[::1]:0", "::1", 0),
        (" ride.internal:80 ", "ride.internal", 80),
    ],
)
def test_a_host_and_a_port(text: str, host: str, port: int) -> None:
    address = Address.read(text)
    assert (address.host, address.port) == (host, port)
    assert Address.read(str(address)) == address


@pytest.mark.parametrize(
    "text", ["", "9464", ":9464", "localhost", "localhost:", "localhost:x", "h:65536", "h:-1"]
)
def test_what_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="HOST:PORT"):
        Address.read(text)
