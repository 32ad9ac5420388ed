"""DataMaster's three commands: the `UpstreamSource` that the engine collects from."""

import json
from collections.abc import Callable
from typing import TypeVar

from core.asking.secret import SecretBytes, Token
from core.asking.transport import Reply, Transport
from core.phones.datamaster.answers import (
    document,
    read_clients,
    read_page,
    read_projects,
    result_list,
)
from core.phones.datamaster.refusals import refusal_by_status, refusal_by_words
from core.phones.upstream import Client, Listing, Page, Project
from core.turns import computing

Result = TypeVar("Result")

DEFAULT_TIMEOUT = 30.0
DEFAULT_POOL_SIZE = 8


class DataMasterSource:
    """Opens sessions over one shared pool of connections. Any thread may call any method.

    `timeout` is in seconds: for connecting (at most 10) and for every wait for data; a whole
    answer may take four times as long. `pool_size` is the number of workers.

    Raises core.asking.address.UnsafeAddress (a SettingsError) where a token must not be
    sent to `url`.
    """

    def __init__(
        self,
        url: str,
        token: str,
        timeout: float = DEFAULT_TIMEOUT,
        pool_size: int = DEFAULT_POOL_SIZE,
    ) -> None:
        self._transport = Transport(
            url, timeout=timeout, connections=pool_size, setting="DATAMASTER_API_URL"
        )
        self._token = Token(token)

    def open_session(self) -> "DataMaster":
        """A session for one worker thread. Costs nothing until it is used."""
        return DataMaster(self._transport, self._token)

    def abandon_requests(self) -> None:
        """Break off every request in flight; their calls raise `TemporaryTrouble` at once."""
        self._transport.break_off()

    def close(self) -> None:
        """Break off what is in flight and close the connections."""
        self._transport.close()


class DataMaster:
    """One worker's session; implements `core.phones.upstream.Upstream` and raises its errors.

    One call is one request. Only one thread at a time may use a session.
    """

    def __init__(self, transport: Transport, token: Token) -> None:
        self._transport = transport
        self._token = token
        # The beginning of every body, made once.
        self._start = SecretBytes(b'{"token":' + token.as_json() + b',"command":')

    def clients(self) -> Listing[Client]:
        """All clients that the token sees, in the server's order."""
        return self._ask(b'"clients"', read_clients, asks_nothing_special=True)

    def projects(self, client_id: int) -> Listing[Project]:
        """All projects of a client, in the server's order."""
        return self._ask(b'"gck_projects","user_id":%d' % client_id, read_projects)

    def page(self, project_id: int, number: int, date: str | None = None) -> Page:
        """Records of page `number` (from 1); with `date` (YYYY-MM-DD) that day's only."""
        fields = b'"gck_phones","id":%d,"page":%d' % (project_id, number)
        if date is not None:
            fields += b',"date":' + json.dumps(date).encode()
        return self._ask(fields, read_page)

    def probe(self) -> None:
        """Ask for the clients, which works whenever server and token do."""
        self.clients()

    def _ask(
        self,
        fields: bytes,
        read: Callable[[list[object]], Result],
        *,
        asks_nothing_special: bool = False,
    ) -> Result:
        reply = self._transport.post(SecretBytes(self._start + fields + b"}"))
        with computing:
            return read(self._list_in(reply, asks_nothing_special=asks_nothing_special))

    def _list_in(self, reply: Reply, *, asks_nothing_special: bool) -> list[object]:
        if not 200 <= reply.status < 300:
            raise refusal_by_status(
                reply.status,
                reply.headers,
                reply.body,
                self._token,
                asks_nothing_special=asks_nothing_special,
            )
        answer = document(reply.body)
        if answer.get("status") != "success":
            raise refusal_by_words(
                answer, reply.headers, self._token, asks_nothing_special=asks_nothing_special
            )
        return result_list(answer)
