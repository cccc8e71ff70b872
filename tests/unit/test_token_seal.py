"""Slack's tokens, encrypted."""

import pytest
from cryptography.fernet import Fernet

from bot.base.errors import TokenKeysError
from bot.slack.transport.token_seal import TokenSeal, UnreadableTokenError

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def test_a_token_comes_back_and_does_not_show() -> None:
    sealed = TokenSeal([OLD]).seal("T1", "xoxb-1")
    assert "xoxb" not in sealed
    assert TokenSeal([OLD]).open("T1", sealed) == "xoxb-1"


def test_an_older_key_still_opens_and_the_newest_seals() -> None:
    sealed, both = TokenSeal([OLD]).seal("T1", "xoxb-1"), TokenSeal([NEW, OLD])
    assert both.open("T1", sealed) == "xoxb-1"
    assert not both.is_newest(sealed)
    assert TokenSeal([NEW]).open("T1", both.seal("T1", "xoxb-1")) == "xoxb-1"


def test_another_key_opens_nothing() -> None:
    with pytest.raises(UnreadableTokenError):
        TokenSeal([NEW]).open("T1", TokenSeal([OLD]).seal("T1", "xoxb-1"))


def test_a_token_speaks_for_its_own_workspace_alone() -> None:
    seal = TokenSeal([OLD])
    with pytest.raises(UnreadableTokenError):
        seal.open("T2", seal.seal("T1", "xoxb-1"))


@pytest.mark.parametrize("keys", [[], ["secret"], [OLD, "short"], ["é" * 44]])
def test_what_is_no_key_says_how_to_get_one(keys: list[str]) -> None:
    with pytest.raises(TokenKeysError, match="ride tokens new-key") as caught:
        TokenSeal(keys)
    assert "secret" not in str(caught.value)
