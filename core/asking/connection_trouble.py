"""What went wrong on the way, from an exception of the HTTP library to a typed error."""

import errno
import http.client
import ssl
from collections.abc import Iterator

import urllib3.exceptions as http_errors

from core.asking.troubles import BrokenAnswer, Reason, TemporaryTrouble

_MAX_WORDS = 200


def connection_trouble(error: Exception, broken_off: Reason | None) -> TemporaryTrouble:
    """The error that `error` stands for; `broken_off` where we ourselves ended the request.

    Everything here is temporary: a network, a proxy, a clock or a certificate can come right
    while the run waits.
    """
    if broken_off is not None:
        return TemporaryTrouble(broken_off)
    causes = list(_causes(error))

    def caused_by(*kinds: type[BaseException]) -> bool:
        return any(isinstance(cause, kinds) for cause in causes)

    if caused_by(ssl.SSLCertVerificationError):
        return TemporaryTrouble(Reason.CERTIFICATE, _words(causes))
    if caused_by(http.client.IncompleteRead, http_errors.DecodeError):
        return BrokenAnswer(Reason.CUT_SHORT)
    if isinstance(error, http_errors.NewConnectionError | http_errors.ProxyError):
        return TemporaryTrouble(Reason.NO_CONNECTION, _words(causes))
    if caused_by(TimeoutError, http_errors.TimeoutError):
        return TemporaryTrouble(Reason.TIMED_OUT)
    if caused_by(http.client.HTTPException) and not caused_by(http.client.RemoteDisconnected):
        return BrokenAnswer(Reason.UNKNOWN_SHAPE, "not HTTP")
    return TemporaryTrouble(Reason.DROPPED, _words(causes))


def too_few_files(error: BaseException) -> bool:
    """Whether the system refused this process one more file or connection."""
    full = (errno.EMFILE, errno.ENFILE)
    return any(isinstance(cause, OSError) and cause.errno in full for cause in _causes(error))


def _causes(error: BaseException) -> Iterator[BaseException]:
    """`error` and what led to it, the last reason first."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        cause = waiting.pop()
        if id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        # urllib3 hands some reasons on as arguments only.
        inner = [cause.__cause__, cause.__context__, *cause.args]
        waiting += [reason for reason in inner if isinstance(reason, BaseException)]


def _words(causes: list[BaseException]) -> str:
    """The system's own words for it, e.g. 'Connection refused'."""
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return cause.verify_message[:_MAX_WORDS]
        if isinstance(cause, OSError) and isinstance(cause.strerror, str):
            return cause.strerror[:_MAX_WORDS]
    return ""
