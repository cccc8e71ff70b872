"""Errors of the engine. Each carries what a person needs to go on; the words are the chat's."""


class RideError(Exception):
    """A ride can't do what was asked."""


class UnknownScenarioError(RideError):
    """No scenario has this name."""

    def __init__(self, slug: str, nearest: tuple[str, ...], known: tuple[str, ...]) -> None:
        super().__init__(f"no scenario {slug!r}")
        self.slug = slug
        self.nearest = nearest
        self.known = known


class LearnerBusyError(RideError):
    """A learner has a ride already."""

    def __init__(self, person: str, ride: str, scenario: str, channel: str | None) -> None:
        super().__init__(f"{person} is in ride {ride}")
        self.person = person
        self.ride = ride
        self.scenario = scenario
        self.channel = channel


class NotALearnerError(RideError):
    """The person isn't in the ride of this channel."""

    def __init__(self, ride: str, learners: tuple[str, ...]) -> None:
        super().__init__(f"not a learner of ride {ride}")
        self.ride = ride
        self.learners = learners


class DidNotRideError(RideError):
    """What was asked for is for those who rode."""

    def __init__(self, ride: str) -> None:
        super().__init__(f"did not ride {ride}")
        self.ride = ride


class FacilitatesError(RideError):
    """The person facilitates the game day that the ride is part of, and so knows what comes."""

    def __init__(self, ride: str) -> None:
        super().__init__(f"facilitates the game day of ride {ride}")
        self.ride = ride


class StrangerError(RideError):
    """The person has nothing to do with the ride, so that they can't be let in, nor let others in."""

    def __init__(self, ride: str, learners: tuple[str, ...]) -> None:
        super().__init__(f"has nothing to do with ride {ride}")
        self.ride = ride
        self.learners = learners


class WhichRideError(RideError):
    """The person has to do with several rides and did not say which: each by its id and its channel."""

    def __init__(self, rides: tuple[tuple[str, str], ...]) -> None:
        super().__init__("which of several rides is meant isn't known")
        self.rides = rides


class NoRideError(RideError):
    """There is no live ride here, nor one of this person elsewhere.

    `channel` is the channel of the person's own live ride, if they have one: that's where to type it.
    """

    def __init__(self, channel: str | None = None) -> None:
        super().__init__("no ride here")
        self.channel = channel


class TakingUpError(RideError):
    """The program has just been restarted, and this ride goes on but is not taken up again yet."""

    def __init__(self, ride: str) -> None:
        super().__init__(f"ride {ride} is being taken up again")
        self.ride = ride


class RideOverError(RideError):
    """The ride of this channel has ended; or the incident isn't there yet (`preparing`)."""

    def __init__(self, ride: str, *, preparing: bool) -> None:
        super().__init__(f"ride {ride} is {'preparing' if preparing else 'over'}")
        self.ride = ride
        self.preparing = preparing


class NoMoreHintsError(RideError):
    """All hints were given."""

    def __init__(self, total: int) -> None:
        super().__init__("no more hints")
        self.total = total


class HintJustGivenError(RideError):
    """A hint was revealed a moment ago: by the other half of a double click, or by another facilitator."""

    def __init__(self) -> None:
        super().__init__("a hint was revealed just now")


class NotAllowedError(RideError):
    """Only a learner or the one who started the ride may stop it."""

    def __init__(self, ride: str) -> None:
        super().__init__(f"may not stop ride {ride}")
        self.ride = ride


class FacilitatorsStopError(RideError):
    """The ride is part of a game day that is on: only these may end it."""

    def __init__(self, ride: str, facilitators: tuple[str, ...]) -> None:
        super().__init__(f"ride {ride} is its game day's facilitators' to stop")
        self.ride = ride
        self.facilitators = facilitators


class ClockStandsError(RideError):
    """The ride is paused, and what is done for it waits until it goes on."""

    def __init__(self, ride: str, by: str | None) -> None:
        super().__init__(f"ride {ride} is paused")
        self.ride = ride
        self.by = by
        """Who paused it."""


class PausedError(RideError):
    """The ride is paused already (`paused`), or is not, so there is nothing to resume."""

    def __init__(self, ride: str, *, paused: bool) -> None:
        super().__init__(f"ride {ride} is {'paused' if paused else 'not paused'}")
        self.ride = ride
        self.paused = paused


class SymptomGoneError(RideError):
    """The scenario has no such symptom, or it was told already."""

    def __init__(self, ride: str, step: str) -> None:
        super().__init__(f"ride {ride} has no symptom {step!r} to tell")
        self.ride = ride
        self.step = step


class ConnectUnavailableError(RideError):
    """This installation has no address for the learner's own client: it offers /sql only."""


class UnknownTeamError(RideError):
    """There is no team of this name."""

    def __init__(self, name: str, nearest: tuple[str, ...] = (), known: tuple[str, ...] = ()) -> None:
        super().__init__(f"no team {name!r}")
        self.name = name
        self.nearest = nearest
        self.known = known


class EmptyTeamError(RideError):
    """Nobody is in the team, or nobody who can ride."""

    def __init__(self, name: str) -> None:
        super().__init__(f"nobody is in team {name!r}")
        self.name = name


class FacilitatorsOnlyError(RideError):
    """That takes a facilitator or an admin; `what` says what was asked, as in "start a ride for others"."""

    def __init__(self, what: str) -> None:
        super().__init__(f"not allowed to {what}")
        self.what = what


class AdminsOnlyError(RideError):
    """That takes an admin; `what` says what was asked, as in "choose facilitators"."""

    def __init__(self, what: str) -> None:
        super().__init__(f"not allowed to {what}")
        self.what = what


class CannotRideError(RideError):
    """These people can't ride: bots, or people who left."""

    def __init__(self, people: tuple[str, ...]) -> None:
        super().__init__(f"can't ride: {', '.join(people)}")
        self.people = people


class ChatRefusedError(RideError):
    """The chat refused a call; `code` is its own error code, such as `not_in_channel`.

    `needed` is the permission that is missing, where the chat says which.
    """

    def __init__(self, step: str, code: str, *, needed: str | None = None) -> None:
        super().__init__(f"{step}: {code}")
        self.step = step
        self.code = code
        self.needed = needed

    @property
    def is_nobody(self) -> bool:
        """Whether there is no such person: https://docs.slack.dev/reference/methods/users.info"""
        return self.code in {"user_not_found", "user_not_visible"}

    @property
    def channel_is_closed(self) -> bool:
        """Whether the channel is archived or gone, so that nothing in it is left to be closed.

        Source: https://docs.slack.dev/reference/methods/conversations.archive
        """
        return self.code in {"already_archived", "is_archived", "channel_not_found"}

    @property
    def channel_is_lost(self) -> bool:
        """Whether nothing can be said in the channel any more, unless somebody changes that by hand.

        Source: https://docs.slack.dev/reference/methods/chat.postMessage and chat.update
        """
        return self.code in {"is_archived", "is_inactive", "channel_not_found", "not_in_channel"}
