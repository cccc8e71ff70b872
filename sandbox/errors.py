"""Errors of the sandbox room."""


class SandboxError(Exception):
    """Something about a sandbox failed; the text names the cause, what was looked at and what to do next."""


class InstallationError(SandboxError):
    """What sandboxes are made with is amiss: one sentence for everybody, the rest for whoever runs Ride."""


class PostgresNotFoundError(InstallationError):
    """No usable PostgreSQL binaries were found."""


class SandboxGoneError(SandboxError):
    """The sandbox's server has ended, or its lease is over."""
