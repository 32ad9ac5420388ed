"""Answers of the built-in API that are none."""

from core.phones.datamaster.demo.commands import Call, error
from core.phones.datamaster.demo.faults import Faults
from core.stand_in import trouble
from core.stand_in.faults import Fault
from core.stand_in.wire import Reply

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


def spoil(fault: Fault, call: Call, good: Reply, faults: Faults) -> Reply:
    """What is sent instead of `good`."""
    message = error("Internal error, try again later", faults.error_style)
    return trouble.spoil(fault, call.item + call.page, good, faults, _FOREIGN, message)
