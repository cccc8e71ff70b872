"""Teams and rotas as people of the workspace type them."""

import asyncio
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.workspace.people.client import UserClient, WorkspaceClient
from tests.acceptance.ride_fixtures import PATIENCE, OpenStage, Stage, ask, private


@dataclass(frozen=True, kw_only=True)
class Typing:
    """The people of a stage, typing in one channel."""

    stage: Stage
    channel: str

    def id(self, name: str) -> str:
        return self.stage.people[name].id

    async def tell(self, name: str, text: str) -> str:
        """What the bot answers to this person alone: Slack's markup and all."""
        person: UserClient = self.stage.people[name]
        return (await ask(person, self.channel, "/ride", text, private)).words

    async def bot_is_silent(self) -> None:
        """Nobody but who asked has heard anything."""
        for person in self.stage.people.values():
            heard = await person.messages(self.channel)
            assert [m.text for m in heard if m.is_bot and not m.ephemeral and not m.subtype] == []


async def typing(stage: Stage) -> Typing:
    return Typing(stage=stage, channel=(await stage.dana.channel("ride-club")).id)


async def test_teams_are_made_joined_and_left(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        at = await typing(stage)
        assert "no teams yet" in await at.tell("dana", "team list")
        made = await at.tell("dana", "team create Payments crew @dana @sam @ride")
        for part in ("*Payments-crew*", f"<@{at.id('sam')}>", "names have no spaces", "bots"):
            assert part in made
        assert "already" in await at.tell("ines", "team create payments-CREW @ines")
        assert "You joined *Payments-crew*" in await at.tell("ines", "team join Payments crew")
        shown = await at.tell("lee", "team show payments-crew")
        assert "3 people" in shown
        assert f"<@{at.id('ines')}>" in shown
        assert "teams themselves" in await at.tell("ines", "team leave payments-crew @dana")
        assert "teams themselves" in await at.tell("dana", "team join payments-crew @lee")
        assert "team join payments-crew" in await at.tell("dana", "team add payments-crew @lee")
        assert "3 people" in await at.tell("lee", "team show payments-crew")
        assert "You left" in await at.tell("ines", "team leave payments-crew")
        assert "You are not in" in await at.tell("ines", "team leave payments-crew")
        assert "Did you mean `Payments-crew`" in await at.tell("ines", "team join payment-crew")
        assert "I don't know who" in await at.tell("ines", "team create x @nobody")
        assert "Did you mean `/ride team create`" in await at.tell("ines", "team craete x")
        assert "can't be a team's name" in await at.tell("ines", "team create a/b @ines")
        assert "can't ride" in await at.tell("ines", "team create robots @ride")
        listed = await at.tell("sam", "teams")
        assert "2 people, you too" in listed
        assert "Only" in await at.tell("sam", "team delete payments-crew")
        assert "deleted" in await at.tell("lee", "team delete payments-crew")
        assert "no teams yet" in await at.tell("sam", "team")
        await at.bot_is_silent()


async def test_people_who_left_are_passed_over(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        at = await typing(stage)
        dana, sam, kofi = (at.id(name) for name in ("dana", "sam", "kofi"))
        await at.tell("dana", "team create payments @kofi @dana @sam")
        made = await at.tell("dana", "oncall payments @kofi @dana @sam every week from now")
        assert "(your time zone in Slack)" in made
        async with WorkspaceClient(stage.demo.workspace.url) as client:
            await client.deactivate("kofi")
        told = await at.tell("sam", "oncall payments")
        assert f"<@{dana}> is on call until" in told
        assert f"(for <@{kofi}>, who left)" in told
        assert f"Can't ride any more: <@{kofi}>" in await at.tell("sam", "team show payments")
        again = await at.tell("dana", f"oncall payments <@{kofi}> @sam every day from now")
        assert f"I left out <@{kofi}>" in again
        assert f"<@{sam}> is on call, alone" in again


async def test_of_two_who_make_the_same_team_one_wins(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        at = await typing(stage)
        told = await asyncio.gather(
            at.tell("dana", "team create same @dana"), at.tell("sam", "team create SAME @sam")
        )
        assert sorted("is created" in one for one in told) == [False, True]
        assert sorted("already" in one for one in told) == [False, True]


async def test_a_rota_from_the_first_handover_to_a_swap(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        at = await typing(stage)
        dana, sam, ines = (at.id(name) for name in ("dana", "sam", "ines"))
        assert "there are no teams yet" in await at.tell("dana", "oncall")
        await at.tell("dana", "team create payments @dana @sam @ines")
        first = await at.tell("dana", "oncall")
        assert f"<@{dana}> is on call, as the first in the team" in first

        past = await at.tell("dana", "oncall payments @dana every week from 2026-01-05 at 10:00 UTC")
        assert "has passed" in past
        assert "Monday" in past
        assert "Europe/Berlin" in await at.tell(
            "dana", "oncall payments @dana @sam every week from Monday CET"
        )
        assert "named twice" in await at.tell("dana", "oncall payments @dana @dana every day")
        assert "not in *payments*" in await at.tell("dana", "oncall payments @lee every day")
        daily = await at.tell("lee", "oncall payments @sam @dana daily from tomorrow at 10:00 UTC")
        assert "take turns, every day at 10:00 `UTC`" in daily
        assert "How long is a turn?" in await at.tell("dana", "oncall payments @dana @sam")

        made = await at.tell("sam", "oncall payments @sam @ines @dana every week from now Europe/Lisbon")
        assert "Europe/Lisbon" in made
        assert "is dropped" in made
        now = await at.tell("ines", "oncall payments")
        assert f"<@{sam}> is on call until" in now
        assert f"If they don't answer, <@{ines}> is paged" in now
        assert _turns(now) == [(sam, ines), (ines, dana), (dana, sam), (sam, ines), (ines, dana)]
        handovers = _moments(now)[1:]
        assert len({(moment.weekday(), moment.time()) for moment in handovers}) == 1

        until = datetime.now(ZoneInfo("Europe/Lisbon")) + timedelta(days=3)
        swapped = await at.tell("dana", f"oncall payments swap @sam @dana until {until:%Y-%m-%d} 18:00")
        assert "swapped" in swapped
        now = await at.tell("lee", "oncall")
        assert f"<@{dana}> is on call until" in now
        assert _turns(now)[:2] == [(dana, ines), (sam, ines)]
        assert "has passed" in await at.tell("dana", "oncall payments swap @sam @dana until 2026-01-05")
        assert "no turns" in await at.tell("dana", "oncall payments swap @sam @lee until tomorrow")

        assert "no longer has a rota" in await at.tell("dana", "oncall payments off")
        assert "has no rota" in await at.tell("dana", "oncall payments off")
        await at.bot_is_silent()


async def test_a_swap_begins_when_it_is_said_and_a_cover_is_taken_back(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        at = await typing(stage)
        dana, sam, ines = (at.id(name) for name in ("dana", "sam", "ines"))
        await at.tell("dana", "team create payments @dana @sam @ines")
        assert "added you to the team *payments*" in await told(stage, "sam")
        await at.tell("dana", "oncall payments @dana @sam @ines every week from now Europe/Lisbon")
        assert "put you on the rota of *payments*" in await told(stage, "sam", "rota")
        lisbon = datetime.now(ZoneInfo("Europe/Lisbon"))
        first, last = lisbon + timedelta(days=2), lisbon + timedelta(days=5)
        words = await at.tell(
            "dana",
            f"oncall payments swap @dana @sam from {first:%Y-%m-%d} 09:00 until {last:%Y-%m-%d} 18:00",
        )
        for moment, clock in ((first, "09:00"), (last, "18:00")):
            assert f"{moment:%a} {moment.day} {moment:%b %Y}, {clock} Europe/Lisbon" in words
        assert f"<@{dana}> is on call until" in await at.tell("lee", "oncall payments")
        assert "agreed on a swap" in await told(stage, "sam", "swap")
        assert "you are paged first" in await at.tell("sam", "oncall me")

        cover = await at.tell("dana", "oncall payments cover @dana by @ines for 2 days")
        assert f"<@{ines}> takes the shifts of <@{dana}>" in cover
        assert f"<@{ines}> is on call until" in await at.tell("lee", "oncall payments")
        assert "agreed on a cover" in await told(stage, "ines", "cover")
        taken_back = re.search(r"oncall payments cancel [a-z0-9]{6}", cover)
        assert taken_back is not None
        assert "own shifts again" in await at.tell("ines", taken_back[0])
        assert f"<@{dana}> is on call until" in await at.tell("lee", "oncall payments")
        assert "took it back" in await told(stage, "dana", "took it back")
        assert "no swap or cover" in await at.tell("ines", taken_back[0])

        for typed, refused in [
            ("oncall payments @dana @sam every Monday and Thursday at 09:00", "`Thursday` is one too many"),
            ("oncall payments swap @dana @here until Friday", "`@here` is a channel, or everybody"),
            ("oncall #ride-club", "such as `payments`"),
            ("start alter-table-locks @channel", "`@channel`"),
            ("oncall payments swap @dana @sam until Friday please", "`please`"),
            ("stop everything", "`everything`"),
        ]:
            words = await at.tell("dana", typed)
            assert refused in words
            assert "Nothing was done." in words
        await at.bot_is_silent()
        async with WorkspaceClient(stage.demo.workspace.url) as client:
            await client.deactivate("sam")
        gone = await at.tell("dana", f"oncall payments swap @dana <@{sam}> until tomorrow")
        assert "can't be on call" in gone
        assert "no longer has a rota" in await at.tell("dana", "oncall payments off")
        assert "there are no more turns" in await told(stage, "ines", "removed the rota")


async def told(stage: Stage, name: str, part: str = "") -> str:
    """What the bot says to somebody directly: the first message with these words in it."""
    person = stage.people[name]
    direct = await person.wait_for_conversation(lambda one: one.kind == "im", PATIENCE)
    return (await person.wait_for(direct.id, lambda m: m.is_bot and part in m.words, PATIENCE)).words


async def test_a_user_group_is_a_team(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        at = await typing(stage)
        sam, ines = at.id("sam"), at.id("ines")
        made = await at.tell("dana", "team create sre @oncall")
        assert "<!subteam^" in made
        assert f"<@{sam}> and <@{ines}>" in made
        assert "name one user group" in await at.tell("dana", "team create more @oncall @dana")
        assert "add or remove people there" in await at.tell("dana", "team join sre")
        assert f"<@{sam}> is on call" in await at.tell("ines", "oncall")
        await at.tell("ines", "oncall sre @ines @sam every day from now")
        assert f"<@{ines}> is on call until" in await at.tell("dana", "oncall sre")
        seen = {message.ts for message in await stage.dana.messages(at.channel)}
        await stage.dana.say(at.channel, "@ride team create Duty @oncall")
        told = await stage.dana.wait_for(at.channel, lambda m: private(m) and m.ts not in seen, PATIENCE)
        assert "*Duty*" in told.words
        assert f"<@{ines}>" in told.words


def _turns(told: str) -> list[tuple[str, str]]:
    """Primary and secondary in the list of the next weeks."""
    return re.findall(r"• <!date[^>]*>: <@(\w+)>, then <@(\w+)>", told)


def _moments(told: str) -> list[datetime]:
    found = re.findall(r"• <!date\^(\d+)\^", told)
    return [datetime.fromtimestamp(int(moment), ZoneInfo("Europe/Lisbon")) for moment in found]
