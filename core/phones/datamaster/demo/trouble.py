"""How each fault looks on the wire."""

import time
from email.utils import formatdate

from core.phones.datamaster.demo.commands import Call, error
from core.phones.datamaster.demo.faults import Fault, Faults
from core.phones.datamaster.demo.journal import Outcome
from core.phones.datamaster.demo.wire import HTML_TYPE, After, Reply, http_bytes

_HTML = """<!DOCTYPE html>
<html><head><title>Технические работы</title></head>
<body><h1>Сайт временно недоступен</h1><p>Ведутся технические работы.</p></body></html>
""".encode()

# Each looks a little like an answer; none may be taken for 'no more data'.
_FOREIGN = (
    b"null",
    b"[]",
    b"{}",
    b"12",
    b'{"result":[]}',
    b'{"status":"success"}',
    b'{"status":"success","result":null}',
    b'{"status":"success","result":""}',
    b'{"status":"success","result":{}}',
    b'{"status":"success","result":{"pages":3,"total":2100}}',
    b'{"status":"success","result":{"items":null}}',
    b'{"status":"success","result":[1,2,3]}',
    b'{"status":"success","result":[{"tel":"none"}]}',
    b'{"status":"ok","data":[]}',
)

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


def spoil(fault: Fault, call: Call, good: Reply, faults: Faults) -> Reply:
    """What is sent instead of `good`."""
    variant = call.item + call.page
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
            return error("Internal error, try again later", faults.error_style)
        case Fault.REDIRECT:
            headers = ("Location: /elsewhere/index.php",)
            return Reply(http_bytes(302, b"", headers=headers), 302, Outcome.FAILED)
        case _:
            return _broken(fault, variant, good, faults)


def _broken(fault: Fault, variant: int, good: Reply, faults: Faults) -> Reply:
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
    elif fault is Fault.HUGE:
        start = b'{"status":"success","result":['
        filler = max(1, faults.huge_bytes // len(FILLER)) * len(FILLER)
        data = http_bytes(200, start, length=len(start) + filler)
    else:
        data = http_bytes(200, _FOREIGN[variant % len(_FOREIGN)])
    return Reply(data, 200, Outcome.FAILED, after, filler)
