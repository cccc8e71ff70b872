"""What can't be done with teams and rotas. Each carries what a person needs to go on."""

from datetime import datetime

from bot.rides.errors import RideError


class TeamNameError(RideError):
    """A team can't have this name; `allowed` is the nearest one that it can have, if there is one."""

    def __init__(self, name: str, allowed: str | None, *, reserved: bool = False) -> None:
        super().__init__(f"not a valid team name: {name!r}")
        self.name = name
        self.allowed = allowed
        self.reserved = reserved
        """Whether it is a word of the commands, which wouldn't be read as a name."""


class TeamTakenError(RideError):
    """There is a team of this name already."""

    def __init__(self, name: str) -> None:
        super().__init__(f"team {name!r} already exists")
        self.name = name


class EmptyGroupError(RideError):
    """Nobody is in the user group."""

    def __init__(self, group: str) -> None:
        super().__init__(f"nobody is in user group {group}")
        self.group = group


class GroupTeamError(RideError):
    """The team's people are those of a user group: they come and go there."""

    def __init__(self, name: str, group: str) -> None:
        super().__init__(f"team {name!r} is user group {group}")
        self.name = name
        self.group = group


class NotYourTeamError(RideError):
    """That takes somebody of the team, whoever created it, or a facilitator; `creators_only`: no member."""

    def __init__(self, name: str, what: str, *, creator: str, creators_only: bool = False) -> None:
        super().__init__(f"not allowed to {what}: team {name!r}")
        self.name = name
        self.what = what
        self.creator = creator
        self.creators_only = creators_only


class NotInTeamError(RideError):
    """These people aren't in the team, so that they can't have turns."""

    def __init__(self, name: str, people: tuple[str, ...], group: str | None) -> None:
        super().__init__(f"not in team {name!r}: {', '.join(people)}")
        self.name = name
        self.people = people
        self.group = group


class NotInRotaError(RideError):
    """These people have no turns in the rota: `rota` are those who have."""

    def __init__(self, name: str, people: tuple[str, ...], rota: tuple[str, ...]) -> None:
        super().__init__(f"not in the rota of {name!r}: {', '.join(people)}")
        self.name = name
        self.people = people
        self.rota = rota


class TwiceInRotaError(RideError):
    """Somebody was named twice in a rota."""

    def __init__(self, person: str) -> None:
        super().__init__(f"{person} is named twice")
        self.person = person


class NoRotaError(RideError):
    """The team has no rota."""

    def __init__(self, name: str) -> None:
        super().__init__(f"team {name!r} has no rota")
        self.name = name


class RotaNotBegunError(RideError):
    """The team's rota begins later: there are no shifts to swap yet."""

    def __init__(self, name: str, begins: datetime) -> None:
        super().__init__(f"the rota of team {name!r} begins at {begins}")
        self.name = name
        self.begins = begins


class RotaInPastError(RideError):
    """The first handover would be over; `following` is the next one that such a rota would have, local."""

    def __init__(self, first: datetime, following: datetime, zone: str) -> None:
        super().__init__(f"{first} in {zone} has already passed")
        self.first = first
        self.following = following
        self.zone = zone


class SwapOverError(RideError):
    """The end of a swap, or its beginning (`begins`), is over; `until` is a local time in `zone`."""

    def __init__(self, until: datetime, zone: str, *, begins: bool = False) -> None:
        super().__init__(f"{until} in {zone} has already passed")
        self.until = until
        self.zone = zone
        self.begins = begins


class SwapOrderError(RideError):
    """A swap would end before it begins; both are local times in `zone`."""

    def __init__(self, begins: datetime, until: datetime, zone: str) -> None:
        super().__init__(f"{until} is not after {begins}")
        self.begins = begins
        self.until = until
        self.zone = zone


class CannotBeOnCallError(RideError):
    """These people left the workspace, or are bots: they can't take shifts. `swaps`: a cover may do."""

    def __init__(self, name: str, people: tuple[str, ...], *, swaps: bool) -> None:
        super().__init__(f"can't be on call in {name!r}: {', '.join(people)}")
        self.name = name
        self.people = people
        self.swaps = swaps


class UnknownSwapError(RideError):
    """There is no swap and no cover of this id that is not over; `nearest` are ids that may be meant."""

    def __init__(self, swap: str, nearest: tuple[str, ...]) -> None:
        super().__init__(f"no swap {swap!r}")
        self.swap = swap
        self.nearest = nearest


class TooFarError(RideError):
    """A date, or the length of a turn, that is too far away to be meant: `years` is the most."""

    def __init__(self, years: int) -> None:
        super().__init__(f"more than {years} years")
        self.years = years


class UnknownZoneError(RideError):
    """No time zone has this name; `nearest` are IANA names that it may stand for."""

    def __init__(self, text: str, nearest: tuple[str, ...], *, abbreviation: bool = False) -> None:
        super().__init__(f"no time zone {text!r}")
        self.text = text
        self.nearest = nearest
        self.abbreviation = abbreviation
        """Whether it is one of the abbreviations that don't say when clocks are changed."""
