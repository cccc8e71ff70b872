"""Ways into the incident channel: `invite`, the button of who could not be invited, and a new channel."""

from bot.rides.front import AdmissionFront
from bot.slack.areas.area import Area, Click
from bot.slack.areas.asker import Asker, tell
from bot.slack.lines.command_line import SubCommand
from bot.slack.lines.invite_line import parse_invite
from bot.slack.messages import admission, refusals
from bot.slack.messages.buttons import LET_IN, OPEN_ANEW, read_open_anew
from bot.slack.messages.message import Message
from bot.slack.settings import SlackSettings
from bot.slack.transport.outbox import Outbox


class InviteArea:
    """A command and two buttons; answers privately."""

    def __init__(self, front: AdmissionFront, outbox: Outbox, settings: SlackSettings) -> None:
        self._front = front
        self._outbox = outbox
        self._settings = settings

    def area(self) -> Area:
        """The area, for the listeners."""
        return Area(
            commands={SubCommand.INVITE: self.run},
            actions={LET_IN: self.let_in, OPEN_ANEW: self.open_anew},
        )

    async def run(self, asker: Asker, rest: str) -> None:
        """`invite`, for the asker or for those who are named."""
        await tell(self._outbox, asker, await self._answer(asker, rest))

    async def _answer(self, asker: Asker, rest: str) -> Message:
        line = parse_invite(rest)
        if line.unreadable:
            return refusals.unreadable_people(line.unreadable, self._settings, "invite @…")
        if line.groups:
            return admission.people_one_by_one(self._settings)
        if line.strange is not None:
            return admission.not_a_ride(line.strange, self._settings)
        done = await self._front.invite(
            asker.workspace, asker.person, asker.channel or None, line.ride, line.people
        )
        return admission.invited(done, asker.person)

    async def let_in(self, click: Click) -> None:
        """The button below the page of somebody who could not be invited."""
        asker = click.asker
        done = await self._front.invite(asker.workspace, asker.person, None, click.value, ())
        await tell(self._outbox, asker, admission.invited(done, asker.person))

    async def open_anew(self, click: Click) -> None:
        """The button below the word that the channel is gone."""
        value, asker = read_open_anew(click.value), click.asker
        if value is None:
            await tell(self._outbox, asker, admission.old_button())
            return
        done = await self._front.reopen(asker.workspace, asker.person, value.ride, value.channel)
        await tell(self._outbox, asker, admission.reopened(done, asker.person))
