"""A session of the API client that talks to a scripted server."""

import contextlib
from collections.abc import Iterator

import pytest

from core.asking.troubles import UpstreamError
from core.phones.datamaster.api import DataMaster, DataMasterSource
from tests.phones.datamaster.scripted_server import Say, ScriptedServer, answer

TOKEN = "marker-token-5d1f"

CLIENTS = b'{"status":"success","result":[{"id":7,"username":"one"}]}'

OK = answer(CLIENTS)


@contextlib.contextmanager
def talking(*script: Say, timeout: float = 20.0) -> Iterator[tuple[ScriptedServer, DataMaster]]:
    with (
        ScriptedServer(*script) as server,
        contextlib.closing(DataMasterSource(server.url, TOKEN, timeout)) as source,
    ):
        yield server, source.open_session()


def trouble_of(session: DataMaster) -> UpstreamError:
    with pytest.raises(UpstreamError) as caught:
        session.clients()
    return caught.value
