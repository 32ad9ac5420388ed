"""How each fault looks on the wire."""

import time
from collections.abc import Sequence
from email.utils import formatdate

from core.stand_in.faults import CommonFaults, Fault
from core.stand_in.journal import Outcome
from core.stand_in.wire import HTML_TYPE, After, Reply, http_bytes

_HTML = """<!DOCTYPE html>
<html><head><title>Технические работы</title></head>
<body><h1>Сайт временно недоступен</h1><p>Ведутся технические работы.</p></body></html>
""".encode()

FILLER = b'{"phone":"79070000001","created_at":"2023-09-05 10:30:05"},' * 1000


def too_many(retry_after: str | None) -> Reply:
    """429, with or without a Retry-After."""
    headers = (f"Retry-After: {retry_after}",) if retry_after is not None else ()
    body = b'{"status":"error","message":"Too many requests"}'
    return Reply(http_bytes(429, body, headers=headers), 429, Outcome.FAILED)


def server_error(status: int) -> Reply:
    """A web server's own error page."""
    body = f"<html><body><h1>{status}</h1></body></html>".encode()
    return Reply(http_bytes(status, body, content_type=HTML_TYPE), status, Outcome.FAILED)


def dropped(after: After = After.RESET) -> Reply:
    """No answer at all."""
    return Reply(b"", 0, Outcome.FAILED, after)


def spoil(
    fault: Fault,
    variant: int,
    good: Reply,
    faults: CommonFaults,
    foreign: Sequence[bytes],
    message: Reply,
) -> Reply:
    """What is sent instead of `good`.

    `variant` varies how, `foreign` are answers of another shape, `message` is an error answer in
    proper form.
    """
    match fault:
        case Fault.TOO_MANY:
            return too_many(None)
        case Fault.TOO_MANY_SECONDS:
            return too_many(str(faults.retry_after))
        case Fault.TOO_MANY_DATE:
            return too_many(formatdate(time.time() + faults.retry_after, usegmt=True))
        case Fault.ERROR_500:
            return server_error(500)
        case Fault.ERROR_503:
            return server_error(503)
        case Fault.DROP:
            return dropped(After.RESET if variant % 2 else After.CLOSE)
        case Fault.MESSAGE:
            return message
        case Fault.REDIRECT:
            headers = ("Location: /elsewhere/index.php",)
            return Reply(http_bytes(302, b"", headers=headers), 302, Outcome.FAILED)
        case Fault.FOREIGN:
            body = foreign[variant % len(foreign)]
            return Reply(http_bytes(200, body), 200, Outcome.FAILED)
        case _:
            return _broken(fault, good, faults)


def _broken(fault: Fault, good: Reply, faults: CommonFaults) -> Reply:
    """An answer with status 200 that is not what it seems."""
    body = good.data.partition(b"\r\n\r\n")[2]
    half = body[: len(body) // 2]
    filler = 0
    after = After.KEEP
    if fault is Fault.CUT_BODY:
        data = http_bytes(200, half, length=len(body))
        after = After.CLOSE
    elif fault is Fault.CUT_JSON:
        data = http_bytes(200, half)
    elif fault is Fault.HTML:
        data = http_bytes(200, _HTML, content_type=HTML_TYPE)
    else:
        start = b'{"status":"success","result":['
        filler = max(1, faults.huge_bytes // len(FILLER)) * len(FILLER)
        data = http_bytes(200, start, length=len(start) + filler)
    return Reply(data, 200, Outcome.FAILED, after, filler)
