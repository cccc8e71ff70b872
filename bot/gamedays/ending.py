"""The end of a game day: the last look at the boards, the summary, and the facilitators' last word."""

from bot.gamedays.announcements import Ended, Summary
from bot.gamedays.boards import Boards
from bot.gamedays.channels import refresh_card, refresh_head
from bot.gamedays.live_day import LiveDay
from bot.gamedays.results import hardest, medians, standings


async def finish(day: LiveDay, shown: Boards | None = None) -> None:
    """Tell how the day went. Safe to run again after a crash: what was said is not said twice."""
    if day.record.told:
        return
    if day.record.state != "over":
        await tell_called_off(day)
        return
    if not any(event.kind == "over" for event in day.events):
        await day.note("over")
    # First what people wait for: edits have little of Slack's minute.
    await day.say(day.record.channel, summary(day), key="summary")
    await day.say(day.record.console, Ended(day=day.record), key="over")
    shown = shown or Boards(day)
    await shown.show_last()
    await refresh_card(day)
    await day.change(told=True)


async def tell_called_off(day: LiveDay) -> None:
    """Tell that the day won't take place: it was cancelled, or missed. Safe to run again after a crash."""
    await refresh_card(day)
    await refresh_head(day)
    await day.say(day.record.channel, Ended(day=day.record), key=day.record.state)
    if day.record.state == "missed":
        await day.tell_facilitators(Ended(day=day.record), key="missed")
    await day.change(told=True)


def summary(day: LiveDay) -> Summary:
    """Podium, what was hard, medians."""
    results = tuple(day.results.values())
    return Summary(
        day=day.record,
        standings=standings(day.record.entrants, results),
        hard=hardest(day.record.entrants, results),
        medians=medians(results),
    )
