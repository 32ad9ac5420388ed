"""What can go wrong with one request, whatever the server is and whatever was asked.

Everything that asks a server (`core.asking.transport`, and each system's reading of answers)
raises one of these; `core.asking.requester` alone decides what is tried again.
"""

from enum import StrEnum


class Reason(StrEnum):
    """Why a request did not work. Systems store it in their databases."""

    NO_CONNECTION = "no_connection"
    TIMED_OUT = "timed_out"
    DROPPED = "dropped"
    SERVER_ERROR = "server_error"  # detail: the HTTP status
    TOO_MANY_REQUESTS = "too_many_requests"
    NOT_JSON = "not_json"
    CUT_SHORT = "cut_short"
    UNKNOWN_SHAPE = "unknown_shape"  # detail: what was wrong with it
    TOO_LARGE = "too_large"
    REDIRECTED = "redirected"
    CERTIFICATE = "certificate"
    REFUSED = "refused"  # detail: the server's own words
    TOKEN_REJECTED = "token_rejected"  # noqa: S105 - a reason, not a secret


class UpstreamError(Exception):
    """Something went wrong between us and the server.

    `reason` says what in one word for the database and for translation, `detail` adds a
    few words of the server's (already cut and cleaned of control characters and secrets).
    """

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason = reason
        self.detail = detail


class TokenRejected(UpstreamError):
    """The server does not accept the token: no other request can work either."""


class TemporaryTrouble(UpstreamError):
    """Worth trying again: no network, a busy or broken server.

    `wait` is how many seconds the server asked us to wait, None where it did not say.
    """

    def __init__(self, reason: Reason, detail: str = "", wait: float | None = None) -> None:
        super().__init__(reason, detail)
        self.wait = wait


class BrokenAnswer(TemporaryTrouble):
    """An answer that is not what was agreed: cut, foreign, or of an unknown shape."""


class Refused(UpstreamError):
    """The server answered properly that it will not do this one thing."""
