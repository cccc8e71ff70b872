"""What Slack sends: acknowledged at once, then worked on in the background, with no error lost."""

import logging
import re
import secrets
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext

from bot.base import log_context
from bot.rides.errors import RideError
from bot.rides.front import Front
from bot.slack.areas.area import Area, Click, Submission
from bot.slack.areas.asker import Asker, tell
from bot.slack.areas.commands import Commands
from bot.slack.areas.statements import Statements
from bot.slack.declared import ACTIONS, EVENTS, CommandKind, slash_commands
from bot.slack.forms.fields import FormValues
from bot.slack.forms.submissions import Say, Submissions
from bot.slack.lines.command_line import after_mention
from bot.slack.messages import answers, modals, refusals, views
from bot.slack.messages.buttons import ACKNOWLEDGE, CANCEL_SQL, read_cancel
from bot.slack.settings import SlackSettings
from bot.slack.transport.background import Background
from bot.slack.transport.deliveries import Deliveries
from bot.slack.transport.outbox import Outbox
from bot.slack.transport.people import People
from sandbox.errors import SandboxError

log = logging.getLogger(__name__)

Body = dict[str, Any]
"""A payload as Slack sends it."""

Work = Callable[[], Awaitable[None]]


class Listeners:
    """The listeners of one app."""

    def __init__(
        self,
        front: Front,
        outbox: Outbox,
        settings: SlackSettings,
        background: Background,
        areas: Sequence[Area] = (),
        *,
        people: People,
        removed: Callable[[str, datetime], Coroutine[None, None, None]],
    ) -> None:
        """`people` is told who has changed; `removed` of a workspace that removed the app, and when."""
        self._front = front
        self._outbox = outbox
        self._settings = settings
        self._background = background
        self._statements = Statements(front, outbox, settings)
        self._submissions = Submissions(outbox, self._work)
        self._areas = (*areas, self._submissions.area())
        self._commands = Commands(
            front, outbox, self._statements, settings, [area.commands for area in areas]
        )
        self._people = people
        self._removed = removed
        self._deliveries = Deliveries()
        # Of their own: a large workspace has so many that mentions would be forgotten over them.
        self._changes = Deliveries()

    def register(self, app: AsyncApp) -> None:
        """Register all of the surface's tables; a row without a listener is a KeyError here."""
        commands: Mapping[CommandKind, Callable[..., Awaitable[None]]] = {
            CommandKind.RIDE: self._on_ride,
            CommandKind.SQL: self._on_sql,
        }
        events: Mapping[str, Callable[..., Awaitable[None]]] = {
            "app_home_opened": self._on_home,
            "app_mention": self._on_mention,
            "app_uninstalled": self._on_uninstalled,
            "subteam_updated": self._on_group_change,
            "team_join": self._on_user_change,
            "tokens_revoked": self._on_revoked,
            "user_change": self._on_user_change,
        }
        actions: Mapping[str, Callable[..., Awaitable[None]]] = {
            ACKNOWLEDGE: self._on_acknowledge,
            CANCEL_SQL: self._on_cancel,
        }
        for command in slash_commands(self._settings):
            app.command(command.name)(commands[command.kind])
        for event in EVENTS:
            app.event(event)(events[event])
        for action in ACTIONS:
            app.action(action)(actions[action])
        for area in self._areas:
            for action in area.actions:
                app.action(re.compile(rf"^{re.escape(action)}(:.*)?$"))(self._on_click)
            for form in area.forms:
                app.view(form)(self._on_submission)
        app.view_closed(modals.WAITING)(self._on_closed)

    async def _on_ride(self, ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        await ack()
        asker, text = _from_command(body, context), str(body.get("text") or "")
        self._work("a command", asker, lambda: self._commands.run(asker, text))

    async def _on_sql(self, ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        await ack()
        asker, text = _from_command(body, context), str(body.get("text") or "")
        self._work("a statement", asker, lambda: self._statements.run(asker, text))

    async def _on_mention(self, ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        await ack()
        event: Body = body["event"]
        if event.get("bot_id") or event.get("subtype") == "bot_message" or event.get("edited"):
            return
        if not event.get("user") or not event.get("channel"):
            return
        workspace = context.team_id or ""
        message = f"{event['channel']}:{event.get('ts')}"
        if not self._deliveries.first_time(
            workspace, body.get("event_id"), event.get("client_msg_id"), message
        ):
            return
        asker = Asker(
            workspace=workspace,
            person=str(event["user"]),
            channel=str(event["channel"]),
            thread_ts=event.get("thread_ts"),
        )
        text = after_mention(str(event.get("text") or ""), context.bot_user_id or "")
        self._work("a mention", asker, lambda: self._commands.run(asker, text))

    async def _on_acknowledge(self, ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        await ack()
        asker, ride = _from_action(body, context), str(body["actions"][0].get("value") or "")

        container: Body = body.get("container") or {}
        self._clicked(asker, container.get("message_ts"))

        async def acknowledge() -> None:
            await self._front.acknowledge(asker.workspace, asker.person, ride)
            await tell(self._outbox, asker, views.acknowledged())

        self._work("an acknowledgement", asker, acknowledge, ride=ride)

    async def _on_cancel(self, ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        await ack()
        asker, statement = (
            _from_action(body, context),
            read_cancel(str(body["actions"][0].get("value") or "")),
        )
        if statement is None:
            log.warning("a Cancel button without a statement was clicked by %s", asker.person)
            return
        self._work("a cancel", asker, lambda: self._statements.cancel(asker, statement), ride=statement.ride)

    async def _on_home(self, ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        await ack()
        event: Body = body["event"]
        if event.get("tab") != "home":
            return
        asker = Asker(workspace=context.team_id or "", person=str(event["user"]), channel="")
        for opened in [area.home for area in self._areas if area.home is not None]:
            self._work("the App Home", asker, partial(opened, asker))

    async def _on_uninstalled(self, ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        await ack()
        self._leave(context.team_id or "", body)

    async def _on_revoked(self, ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        await ack()
        event: Body = body["event"]
        tokens: Body = event.get("tokens") or {}
        if tokens.get("bot"):  # else those of people, of which we have none
            self._leave(context.team_id or "", body)

    async def _on_user_change(self, ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        await ack()
        if changed := self._changed(body, context, "user"):
            self._people.user_changed(context.team_id or "", changed)

    async def _on_group_change(self, ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        await ack()
        if changed := self._changed(body, context, "subteam"):
            self._people.group_changed(context.team_id or "", changed)

    def _changed(self, body: Body, context: AsyncBoltContext, field: str) -> Body | None:
        """What an event says has changed; None when it came before: by now something newer may be known."""
        if not self._changes.first_time(context.team_id or "", body.get("event_id")):
            return None
        changed = body["event"].get(field)
        return changed if isinstance(changed, dict) else None

    def _leave(self, workspace: str, body: Body) -> None:
        at = datetime.fromtimestamp(int(body.get("event_time") or 0), UTC)
        self._background.start(self._removed(workspace, at), name=f"a word that {workspace} is gone")

    async def _on_click(self, ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        await ack()
        action: Body = body["actions"][0]
        name = str(action["action_id"]).partition(":")[0]
        picked: Body = action.get("selected_option") or {}
        container: Body = body.get("container") or {}
        click = Click(
            asker=_from_action(body, context),
            action=name,
            value=str(action.get("value") or picked.get("value") or ""),
            message_ts=container.get("message_ts"),
            view=container.get("view_id"),
        )
        self._clicked(click.asker, click.message_ts)
        handler = next(area.actions[name] for area in self._areas if name in area.actions)
        self._work(f"a click on {name}", click.asker, lambda: handler(click))

    async def _on_submission(self, ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        view: Body = body["view"]
        name = str(view["callback_id"])
        submission = Submission(
            asker=_from_action(body, context),
            form=name,
            metadata=str(view.get("private_metadata") or ""),
            view=str(view["id"]),
            values=FormValues.read(view["state"]["values"]),
        )
        form = next(area.forms[name] for area in self._areas if name in area.forms)
        await self._submissions.take(ack, submission, form, view)

    async def _on_closed(self, ack: AsyncAck, body: Body) -> None:
        await ack()
        self._submissions.closed(str(body["view"]["id"]))

    def _work(
        self, what: str, asker: Asker, work: Work, *, ride: str | None = None, say: Say | None = None
    ) -> None:
        """Work in the background. `say` is how its author hears what went wrong, without it as an answer."""
        answer = say or partial(tell, self._outbox, asker)
        self._background.start(
            self._guarded(what, asker, work, ride, answer), name=f"{what} of {asker.person}"
        )

    async def _guarded(self, what: str, asker: Asker, work: Work, ride: str | None, say: Say) -> None:
        """Do the work; whatever goes wrong, its author hears of it, and the log knows the rest."""
        log_context.is_about(workspace=asker.workspace, ride=ride)
        try:
            await work()
        except RideError as error:
            log.info("%s of %s in %s refused: %s", what, asker.person, asker.channel, type(error).__name__)
            await say(refusals.refusal(error, asker.person, self._settings))
        except SandboxError:
            log.warning("%s of %s in %s: no sandbox", what, asker.person, asker.channel, exc_info=True)
            await say(refusals.sandbox_gone())
        except Exception:
            reference = secrets.token_hex(3)
            log.exception(
                "%s of %s in %s (ride %s) failed, ref %s",
                what,
                asker.person,
                asker.channel,
                ride or "of this channel",
                reference,
            )
            await say(answers.our_fault(reference))

    def _clicked(self, asker: Asker, ts: str | None) -> None:
        """By its response_url the message can be changed without a call of the Web API."""
        if ts is not None and asker.response_url is not None:
            self._outbox.clicks.clicked(asker.workspace, asker.channel, ts, asker.response_url)


def _from_command(body: Body, context: AsyncBoltContext) -> Asker:
    return Asker(
        workspace=context.team_id or "",
        person=str(body["user_id"]),
        channel=str(body["channel_id"]),
        response_url=body.get("response_url"),
        trigger=body.get("trigger_id"),
    )


def _from_action(body: Body, context: AsyncBoltContext) -> Asker:
    container: Body = body.get("container") or {}
    channel: Body = body.get("channel") or {}
    return Asker(
        workspace=context.team_id or "",
        person=str(body["user"]["id"]),
        channel=str(channel.get("id") or container.get("channel_id") or ""),
        thread_ts=container.get("thread_ts"),
        response_url=body.get("response_url"),
        trigger=body.get("trigger_id"),
    )
