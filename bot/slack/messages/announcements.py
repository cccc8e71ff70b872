"""From what the engine announces to the message that says it."""

from typing import assert_never

from bot.rides.announcements import (
    Announcement,
    ChannelGone,
    ClockStarted,
    ClockStopped,
    HintGiven,
    IncidentCard,
    MoreTime,
    NotArchived,
    NotInvited,
    Page,
    PictureMissing,
    PostmortemPosted,
    Recovered,
    Recovering,
    ResultLine,
    RideOver,
    RoleBoard,
    StartFailed,
    StatusPosted,
    StepsSkipped,
    StillBlocked,
    Symptom,
    WorkloadFails,
)
from bot.slack.messages import admission, crew, ending, incident, postmortem, ride_clock
from bot.slack.messages.message import Message
from bot.slack.settings import SlackSettings


def announced(said: Announcement, settings: SlackSettings) -> Message:  # noqa: PLR0911, PLR0912
    """The message for an announcement; mypy checks that none is forgotten."""
    match said:
        case IncidentCard():
            return incident.incident_card(said, settings)
        case Page():
            return incident.page(said)
        case Symptom():
            return incident.symptom(said)
        case HintGiven():
            return incident.hint(said, settings)
        case ClockStopped():
            return ride_clock.clock_stopped(said)
        case ClockStarted():
            return ride_clock.clock_started(said)
        case MoreTime():
            return ride_clock.more_time(said)
        case RoleBoard():
            return crew.role_board(said)
        case StatusPosted():
            return crew.status_posted(said)
        case NotInvited():
            return admission.not_invited(said, settings)
        case ChannelGone():
            return admission.channel_gone(said)
        case StillBlocked():
            return incident.still_blocked(said)
        case WorkloadFails():
            return incident.workload_fails(said)
        case Recovering():
            return incident.recovering(said)
        case Recovered():
            return incident.recovered(said)
        case StepsSkipped():
            return incident.steps_skipped(said)
        case PictureMissing():
            return incident.picture_missing(said)
        case NotArchived():
            return incident.not_archived(said)
        case RideOver():
            return ending.ride_over(said, settings)
        case PostmortemPosted():
            return postmortem.postmortem(said, settings)
        case ResultLine():
            return ending.result_line(said)
        case StartFailed():
            return ending.start_failed(said, settings)
        case _:
            assert_never(said)
