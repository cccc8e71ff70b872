"""The table of mishaps: each kind of spoiled answer, times each call that a ride makes, before and after."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.slack.transport.postings import EVENT_TYPE
from tests import slack_mishaps
from tests.slack_mishaps import Mishap
from tests.slack_proxy import Arguments, SlackProxy, Spoiling, When

ANSWERS_WITHIN = 3
"""Seconds that the bot waits for an answer here, so that a slow one doesn't take ten."""
SLOW = slack_mishaps.slow(ANSWERS_WITHIN + 1)
_NOT_DONE = (slack_mishaps.RATE_LIMITED, slack_mishaps.RATE_LIMITED_WITHOUT_A_TIME)
"""By these Slack says itself that it did nothing: they have no AFTER."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Slot:
    """A call that a ride makes. `nth` says which of its tries are spoiled: two in a ride."""

    name: str
    method: str
    fits: Callable[[Arguments], bool] | None = None
    nth: tuple[int, int] = (1, 2)
    in_doubt: bool = False
    """Whether it is only made where Slack's answer to another was lost."""
    besides: frozenset[tuple[str, When]] = frozenset()
    """Mishaps, by name, that nothing can be done about."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """One of the table."""

    slot: Slot
    mishap: Mishap
    when: When
    nth: int

    def __str__(self) -> str:
        return f"{self.slot.name}, try {self.nth}: {self.mishap} ({self.when})"


def _key(arguments: Arguments) -> str:
    """The key of a message to be posted, without the ride."""
    metadata = arguments.get("metadata") or {}
    told = json.loads(metadata) if isinstance(metadata, str) else metadata
    if not isinstance(told, dict) or told.get("event_type") != EVENT_TYPE:
        return ""
    key: str = told["event_payload"]["key"]
    return key.partition(":")[2] if not key.startswith("once:") else "once"


def _post(name: str, *, key: str, direct: bool = False, text: str = "") -> Slot:
    def fits(arguments: Arguments) -> bool:
        at = str(arguments["channel"])
        return (
            _key(arguments) == key and at.startswith("D") == direct and text in str(arguments.get("text", ""))
        )

    return Slot(name=f"chat.postMessage of {name}", method="chat.postMessage", fits=fits)


def _call(method: str, *, in_doubt: bool = False) -> Slot:
    return Slot(name=method, method=method, in_doubt=in_doubt)


def _upload(name: str, *, in_thread: bool) -> Slot:
    def fits(arguments: Arguments) -> bool:
        return bool(arguments.get("thread_ts")) == in_thread

    method = "files.completeUploadExternal"
    return Slot(name=f"{method} of {name}", method=method, fits=fits)


SLOTS = (
    _call("users.info"),
    _call("conversations.create"),
    _call("users.conversations", in_doubt=True),
    _call("conversations.invite"),
    _call("conversations.setTopic"),
    _call("conversations.setPurpose"),
    # It answers `ok` and nothing else, so that an `ok` which is none of Slack's can't be told from it.
    Slot(
        name="pins.add",
        method="pins.add",
        besides=frozenset({(slack_mishaps.FIELD_MISSING.name, When.BEFORE)}),
    ),
    _call("conversations.open"),
    _call("chat.update"),
    # Its trigger is too old after an answer that slow: the person is asked to type the command again. There
    # are two modals in a ride, each spoiled once, for two waits are too long as well.
    Slot(
        name="views.open",
        method="views.open",
        nth=(1, 3),
        besides=frozenset((SLOW.name, when) for when in When),
    ),
    _call("chat.postEphemeral"),
    _call("conversations.history", in_doubt=True),
    _call("conversations.replies", in_doubt=True),
    _call("conversations.members"),
    _call("files.getUploadURLExternal"),
    _upload("a result", in_thread=True),
    _upload("the picture", in_thread=False),
    _post("the card", key="card"),
    _post("the page", key="page-1"),
    _post("the page in direct messages", key="page-1", direct=True),
    _post("the roles", key="roles"),
    _post("a symptom", key="queue_grows"),
    _post("an answer to /sql", key="once", text=" ran "),
    _post("a hint", key="hint-1"),
    _post("a status update", key="update-1"),
    _post("the recovery's beginning", key="recovering"),
    _post("the recovery", key="recovered"),
    _post("the postmortem", key="postmortem"),
    _post("the postmortem's thread", key="postmortem/1"),
)

PAIRS: Sequence[tuple[tuple[Mishap, When], tuple[Mishap, When]]] = (
    ((_NOT_DONE[0], When.BEFORE), (_NOT_DONE[1], When.BEFORE)),
    *(
        ((mishap, When.BEFORE), (mishap, When.AFTER))
        for mishap in (*slack_mishaps.QUICK, SLOW)
        if mishap not in _NOT_DONE
    ),
)
"""What spoils the two tries of a slot in one ride."""
RIDES = range(len(PAIRS))
"""So many rides have the whole table: in each every slot has another pair."""


def cells(ride: int) -> Iterator[Cell]:
    """What is spoiled in the ride of this number."""
    for number, slot in enumerate(SLOTS):
        pair = PAIRS[(ride + number) % len(PAIRS)]
        left = [(mishap, when) for mishap, when in pair if (mishap.name, when) not in slot.besides]
        for (mishap, when), nth in zip(left, slot.nth, strict=False):
            yield Cell(slot=slot, mishap=mishap, when=when, nth=nth)


def alone() -> Iterator[Cell]:
    """One mishap to a ride: what can't be done twice, done, and its answer lost."""
    for slot in SLOTS:
        if slot.method in ("chat.postMessage", "files.completeUploadExternal", "conversations.create"):
            yield Cell(slot=slot, mishap=slack_mishaps.RESET, when=When.AFTER, nth=1)


def spoil(proxy: SlackProxy, spoiled: Iterable[Cell]) -> dict[Cell, Spoiling]:
    """Have the proxy spoil these."""
    return {
        cell: proxy.spoil(cell.slot.method, cell.mishap, nth=cell.nth, when=cell.when, fits=cell.slot.fits)
        for cell in spoiled
    }
