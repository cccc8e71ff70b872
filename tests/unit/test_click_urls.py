"""The addresses that clicks bring: how often, and how long, a message can be changed by one."""

from datetime import timedelta

from bot.slack.transport.click_urls import LASTS, REMEMBERED, USES, ClickUrls
from tests.integration.engine_fakes import FakeClock

MESSAGE = ("T1", "C1", "1.1")
URL = "https://hooks.invalid/1"
NEWER = "https://hooks.invalid/2"


def test_an_address_is_for_a_few_uses() -> None:
    urls = ClickUrls(FakeClock())
    assert (urls.has(*MESSAGE), urls.take(*MESSAGE)) == (False, None)
    urls.clicked(*MESSAGE, URL)
    for _ in range(USES):
        assert urls.has(*MESSAGE)
        assert urls.take(*MESSAGE) == URL
    assert (urls.has(*MESSAGE), urls.take(*MESSAGE)) == (False, None)


def test_a_new_click_brings_a_new_address_with_all_its_uses() -> None:
    urls = ClickUrls(FakeClock())
    urls.clicked(*MESSAGE, URL)
    urls.take(*MESSAGE)
    urls.clicked(*MESSAGE, NEWER)
    assert [urls.take(*MESSAGE) for _ in range(USES + 1)] == [NEWER] * USES + [None]


def test_an_address_gets_old() -> None:
    clock = FakeClock()
    urls = ClickUrls(clock)
    urls.clicked(*MESSAGE, URL)
    clock.move(LASTS - timedelta(seconds=1))
    assert urls.take(*MESSAGE) == URL
    clock.move(timedelta(seconds=1))
    assert (urls.has(*MESSAGE), urls.take(*MESSAGE)) == (False, None)


def test_an_address_is_of_one_message_in_one_workspace() -> None:
    urls = ClickUrls(FakeClock())
    urls.clicked(*MESSAGE, URL)
    for other in (("T2", "C1", "1.1"), ("T1", "C2", "1.1"), ("T1", "C1", "2.2")):
        assert urls.take(*other) is None
    assert urls.has(*MESSAGE)


def test_those_that_were_clicked_last_are_remembered() -> None:
    urls = ClickUrls(FakeClock())
    for number in range(REMEMBERED):
        urls.clicked("T1", "C1", f"{number}", URL)
    urls.clicked("T1", "C1", "0", URL)
    urls.clicked("T1", "C1", "new", URL)
    assert urls.has("T1", "C1", "0")
    assert not urls.has("T1", "C1", "1")
    assert urls.has("T1", "C1", "new")
