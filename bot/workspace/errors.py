"""What can go wrong in the local workspace."""

from collections.abc import Mapping, Sequence


class WorkspaceError(Exception):
    """The root of this package's errors."""


class SlackError(WorkspaceError):
    """A refusal with one of Slack's error codes: the body is `{"ok": false, "error": code, …}`."""

    def __init__(
        self, code: str, *, messages: Sequence[str] = (), details: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(code)
        self.code = code
        self.messages = tuple(messages)
        """What Slack puts into response_metadata.messages, such as `[ERROR] missing required field: name`."""
        self.details = dict(details or {})
        """More keys of the response, such as `needed` and `provided`."""

    def body(self) -> dict[str, object]:
        """The response as Slack sends it."""
        body: dict[str, object] = {"ok": False, "error": self.code, **self.details}
        if self.messages:
            body["response_metadata"] = {"messages": list(self.messages)}
        return body


class UndeclaredCodeError(WorkspaceError):
    """A method gave an error code that Slack's does not: a mistake in this package."""


class RateLimitedError(WorkspaceError):
    """Too many calls: HTTP 429."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"ratelimited: try again in {retry_after} s")
        self.retry_after = retry_after
        """Whole seconds, as in the Retry-After header."""


class InvalidManifestError(WorkspaceError):
    """The app can't be installed: its manifest contradicts itself, or is not one."""


class NotInstalledError(WorkspaceError):
    """No app is installed in this workspace: call Workspace.install first."""


class UndeliveredError(WorkspaceError):
    """The app did not take what was sent to it."""

    reason = "unknown_error"
    """Why there is a further attempt, as in X-Slack-Retry-Reason."""
    code = "dispatch_failed"
    """What a person is told who waits for it."""
    final = False
    """Whether the app wants no further attempt."""


class NotConnectedError(UndeliveredError):
    """Nobody listens: no Socket Mode connection of the app is open, or its address doesn't answer."""

    reason = "connection_failed"


class NotAcknowledgedError(UndeliveredError):
    """The app did not acknowledge in time."""

    reason = "timeout"
    code = "operation_timeout"


class RefusedRequestError(UndeliveredError):
    """The app's address answered with something else than 2xx."""

    reason = "http_error"

    def __init__(self, status: int, *, final: bool) -> None:
        super().__init__(f"the app's address answered with {status}")
        self.final = final
        if 400 <= status < 500:
            self.code = "http_client_error"


class ControlError(WorkspaceError):
    """The control API says no. `code` is one of Slack's codes where there is one."""

    def __init__(self, code: str, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.status = status
        """The HTTP status."""
