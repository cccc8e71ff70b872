"""Errors of the sandbox room."""


class SandboxError(Exception):
    """Something about a sandbox failed; the text names the cause, what was looked at and what to do next."""


class PostgresNotFoundError(SandboxError):
    """No usable PostgreSQL binaries were found."""


class SandboxGoneError(SandboxError):
    """The sandbox's server has ended, or its lease is over."""
