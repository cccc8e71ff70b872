"""Errors of the storage room. Their text names the cause, what was looked at and what to do next."""

from storage.records import RideRecord


class StorageError(Exception):
    """What happened could not be stored or read."""


class DatabaseUrlError(StorageError):
    """The address of the database is not one that Ride can use."""


class DatabaseUnavailableError(StorageError):
    """The database can't be reached or written: permissions, a full disk, a server that doesn't answer."""


class DatabaseFullError(DatabaseUnavailableError):
    """The disk of a SQLite file is full or failing, or the file can't be written for now: nothing was."""


class DatabaseBusyError(StorageError):
    """Another program holds the database's lock for too long: nothing was written. Trying again may work."""


class DatabaseDamagedError(StorageError):
    """The file is not a SQLite database, or it is damaged."""


class DatabaseTooNewError(StorageError):
    """A newer version of Ride has changed the database's tables."""


class DatabaseTooOldError(StorageError):
    """The tables are not at this version yet, and opening may not change them."""


class RideExistsError(StorageError):
    """There is a ride of this id already."""

    def __init__(self, ride_id: str) -> None:
        self.ride_id = ride_id
        super().__init__(f"Ride {ride_id} already exists.")


class UnknownRideError(StorageError):
    """There is no ride of this id."""

    def __init__(self, ride_id: str) -> None:
        self.ride_id = ride_id
        super().__init__(f"There is no ride {ride_id}.")


class UnknownStepError(StorageError):
    """The ride's timeline has no such step."""

    def __init__(self, ride_id: str, step: str) -> None:
        self.ride_id = ride_id
        self.step = step
        super().__init__(f"The timeline of ride {ride_id} has no step {step!r}.")


class StaleRideError(StorageError):
    """The ride was changed by somebody else since it was read: read it again, then decide again."""

    def __init__(self, ride_id: str, revision: int) -> None:
        self.ride_id = ride_id
        self.revision = revision
        super().__init__(f"Ride {ride_id} has changed since revision {revision} was read.")


class LearnerBusyError(StorageError):
    """A learner has an unfinished ride already: `ride`."""

    def __init__(self, person: str, ride: RideRecord) -> None:
        self.person = person
        self.ride = ride
        super().__init__(f"{person} is in ride {ride.id} ({ride.scenario}), which is {ride.state}.")


class TeamExistsError(StorageError):
    """The workspace has a team of this name already, whatever the case."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"Team {name} already exists.")


class UnknownTeamError(StorageError):
    """There is no team of this id, or it was deleted."""

    def __init__(self, team_id: str) -> None:
        self.team_id = team_id
        super().__init__(f"There is no team {team_id}.")


class UnknownRotaError(StorageError):
    """There is no rota of this id any more."""

    def __init__(self, rota: str) -> None:
        self.rota = rota
        super().__init__(f"There is no rota {rota}.")


class UnknownGameDayError(StorageError):
    """There is no game day of this id."""

    def __init__(self, day_id: str) -> None:
        self.day_id = day_id
        super().__init__(f"There is no game day {day_id}.")


class StaleDrillError(StorageError):
    """The drill was changed by somebody else since it was read."""

    def __init__(self, drill_id: str, revision: int) -> None:
        self.drill_id = drill_id
        self.revision = revision
        super().__init__(f"Drill {drill_id} has changed since revision {revision} was read.")
