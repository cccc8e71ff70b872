"""Slack's codes in words: every one that a method of ours may give, and what is said of it."""

import pytest

from bot.rides.errors import ChatRefusedError
from bot.slack.messages import slack_refusals
from bot.slack.messages.message import said
from bot.slack.messages.refusals import refusal
from bot.slack.messages.slack_codes import known_codes, meaning
from bot.slack.transport.outcome import CONNECTION_ERROR
from bot.slack.transport.web_api import EXPIRED, METHODS
from bot.slack.transport.workspaces import NOT_INSTALLED, TOKEN_IS_DEAD
from bot.workspace.web_api.method_table import COMMON_ERRORS
from tests.slack_doubles import DANA, SAM, SETTINGS
from tests.slack_facts import facts
from tests.slack_limits import check

NAMED = (
    "already_in_channel", "is_archived", "channel_not_found", "user_is_restricted", "restricted_action",
    "cant_invite", "msg_too_long", "msg_blocks_too_long", "not_in_channel", "account_inactive",
    "token_revoked", "missing_scope",
)  # fmt: skip
"""Of these no two may be told alike."""


@pytest.mark.parametrize("method", METHODS)
def test_every_documented_code_of_a_method_that_we_call_has_words(method: str) -> None:
    assert set(facts("methods.json")[method]["errors"]) <= known_codes()


def test_the_codes_that_any_method_may_give_have_words() -> None:
    ours = {CONNECTION_ERROR, EXPIRED, NOT_INSTALLED}
    assert COMMON_ERRORS | TOKEN_IS_DEAD | ours <= known_codes()


def test_every_method_has_words() -> None:
    assert METHODS.keys() <= slack_refusals.known_methods()


def test_the_common_codes_have_words_and_a_step_of_their_own() -> None:
    assert len({meaning(code).why for code in NAMED}) == len(NAMED)
    assert all(meaning(code).then for code in NAMED)
    assert len({meaning(code) for code in NAMED}) == len(NAMED)


@pytest.mark.parametrize("code", sorted(known_codes()))
def test_words_are_halves_of_sentences_and_next_steps_are_sentences(code: str) -> None:
    found = meaning(code)
    assert not found.why.endswith(".")
    assert not found.then or found.then.endswith(".")
    check(said(slack_refusals.told("conversations.invite", code)))


def test_a_refusal_names_the_method_and_the_code() -> None:
    text = refusal(ChatRefusedError("conversations.create", "restricted_action"), DANA, SETTINGS).text
    assert text == (
        "⚠️ Ride could not create the channel: this workspace's settings don't allow it "
        "(`conversations.create` gave `restricted_action`). Ask an admin to allow it for apps."
    )


def test_a_code_that_nobody_knows_is_named_with_its_method() -> None:
    text = refusal(ChatRefusedError("pins.add", "brand_new"), DANA, SETTINGS).text
    assert "could not pin a message" in text
    assert "`pins.add` gave `brand_new`" in text
    assert "whoever runs Ride" in text


def test_a_permission_that_is_missing_is_named() -> None:
    text = refusal(ChatRefusedError("pins.add", "missing_scope", needed="pins:write"), DANA, SETTINGS).text
    assert "`pins:write`" in text
    assert "`pins:write`" not in refusal(ChatRefusedError("pins.add", "missing_scope"), DANA, SETTINGS).text


def test_a_code_may_mean_something_else_to_another_method() -> None:
    assert meaning("user_is_restricted").why == "they are a guest"
    assert "Ride" in meaning("user_is_restricted", step="conversations.setTopic").why


def test_a_list_says_what_to_do_once_for_each_kind() -> None:
    listed = slack_refusals.lines(
        [(DANA, "cant_invite"), (SAM, "cant_invite"), ("U3", "user_disabled")]
    ).split("\n")
    assert [row.count(". ") for row in listed] == [1, 0, 1]
