"""One request over HTTP: bytes there, bytes back, or a typed error saying what went wrong.

Knows nothing of what is asked. `requests` finds the way (proxies of the system, TLS);
each call then goes straight to the connection pool it found, because the way never changes and
the rest of `requests` would cost more than the call itself.
"""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, BinaryIO

import requests
import requests.adapters
import requests.utils
import urllib3
import urllib3.exceptions as http_errors

from core import __version__
from core.asking.address import check_address
from core.asking.connection_trouble import connection_trouble, too_few_files
from core.asking.inflight import Call, InFlight, tracked
from core.asking.proxies import UnusableProxy, proxies_for, where
from core.asking.secret import SecretBytes
from core.asking.troubles import BrokenAnswer, Reason
from core.errors import TooFewFiles

MAX_ANSWER_BYTES = 64 * 1024 * 1024  # an answer has some 70 KB, the longest list some 500 KB
MAX_CONNECT_SECONDS = 10.0
_PIECE = 1 << 20
CALL_SECONDS_PER_TIMEOUT = 4  # a whole call may take so many read timeouts, however it trickles

# A connection that lay idle this long may have been cut on the way without our noticing. One that
# was just used and breaks was broken by the server: that is for the engine to pace and count.
_IDLE_SECONDS = 1.0

_NO_RETRIES = urllib3.Retry(total=False, redirect=0, read=False)  # the engine's business

_HEADERS = {
    "User-Agent": f"DataMasterCollector/{__version__}",
    "Accept-Encoding": "gzip, deflate",
}


_JSON = {"Content-Type": "application/json", "Accept": "application/json"}


@dataclass(frozen=True, slots=True)
class _Question:
    """`sink`: where the body of a success goes, piece by piece, instead of into memory."""

    method: str
    target: str = field(repr=False)  # may hold a key
    headers: Mapping[str, str] = field(repr=False)
    body: SecretBytes | None
    sink: BinaryIO | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, complete: status, headers (any case) and the decoded body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Transport:
    """Connections to one address, shared by all threads. Any thread may call any method.

    `timeout` is seconds to wait for each read, `connections` how many are kept open; `setting` is
    the name of the setting that holds `url`, for the sentence where a token must not be sent
    there (UnsafeAddress). Raises UnusableProxy as well.
    """

    def __init__(self, url: str, *, timeout: float, connections: int, setting: str) -> None:
        check_address(url, setting)
        self._url = url
        self._timeout = urllib3.Timeout(connect=min(timeout, MAX_CONNECT_SECONDS), read=timeout)
        self._in_flight = InFlight(timeout * CALL_SECONDS_PER_TIMEOUT)
        self._adapter = _Adapter(connections, _tls() if url.startswith("https") else None)
        request = requests.Request("GET", url).prepare()
        self._proxies = proxies_for(url)
        try:
            self._target = self._adapter.request_url(request, self._proxies)
            pool: Any = self._adapter.get_connection_with_tls_context(
                request, True, proxies=self._proxies
            )
        except (requests.RequestException, http_errors.HTTPError, ValueError):
            # Without its words and its cause: they have the address with the password.
            proxy = requests.utils.select_proxy(url, requests.utils.get_environ_proxies(url))
            raise UnusableProxy(where(proxy or "")) from None
        pool.ConnectionCls = tracked(pool.ConnectionCls, self._in_flight)
        self._pool = pool

    def post(self, body: SecretBytes) -> Reply:
        """Send JSON to the address and wait for the whole answer, whatever its status.

        Raises TemporaryTrouble or BrokenAnswer. Redirects are not followed: the token goes to no
        other address than the one in the settings.
        """
        return self._ask(_Question("POST", self._target, _HEADERS | _JSON, body))

    def get(self, path: str = "", headers: Mapping[str, str] = MappingProxyType({})) -> Reply:
        """Ask for `path`, with its query, below the address; otherwise as `post`.

        A path may hold a secret: it is never part of an error.
        """
        request = requests.Request("GET", self._url.rstrip("/") + path).prepare()
        target = self._adapter.request_url(request, self._proxies)
        return self._ask(_Question("GET", target, {**_HEADERS, **headers}, None))

    def save(self, path: str, headers: Mapping[str, str], sink: BinaryIO) -> Reply:
        """As `get`, with the body of a success written to `sink`, however large it is.

        Raises NotSaved where it cannot be written.
        """
        request = requests.Request("GET", self._url.rstrip("/") + path).prepare()
        target = self._adapter.request_url(request, self._proxies)
        return self._ask(_Question("GET", target, {**_HEADERS, **headers}, None, sink))

    def _ask(self, question: "_Question") -> Reply:
        with self._in_flight.call() as call:
            try:
                return self._exchange(question, call)
            except (http_errors.HTTPError, OSError, ValueError) as error:
                if too_few_files(error):  # it is we that cannot, not the server
                    raise TooFewFiles from error
                raise connection_trouble(error, call.broken_off) from error

    def break_off(self) -> None:
        """Make every call in flight raise TemporaryTrouble now."""
        self._in_flight.break_off_all(Reason.DROPPED)

    def close(self) -> None:
        """Break off what is in flight and close all connections."""
        self.break_off()
        self._in_flight.close()
        self._adapter.close()

    def _exchange(self, question: "_Question", call: Call) -> Reply:
        try:
            response = self._open(question)
        except http_errors.ProtocolError:
            idle = call.idle_before
            if call.broken_off is not None or idle is None or idle < _IDLE_SECONDS:
                raise
            # It was cut while nothing was said. Those beside it are as old: take none of them.
            self._in_flight.distrust_idle()
            response = self._open(question)
        try:
            if question.sink is not None and response.status == 200:
                return _saved(response, call, question.sink)
            return self._whole(response, call)
        finally:
            response.close()
            response.release_conn()

    def _open(self, question: "_Question") -> urllib3.BaseHTTPResponse:
        response: urllib3.BaseHTTPResponse = self._pool.urlopen(
            question.method,
            question.target,
            body=question.body,
            headers=question.headers,
            retries=_NO_RETRIES,
            redirect=False,
            assert_same_host=False,
            timeout=self._timeout,
            preload_content=False,
        )
        return response

    def _whole(self, response: urllib3.BaseHTTPResponse, call: Call) -> Reply:
        announced = response.headers.get("Content-Length", "")
        if announced.isdecimal() and int(announced) > MAX_ANSWER_BYTES:
            raise BrokenAnswer(Reason.TOO_LARGE, f"{announced[:20]} bytes")
        body = response.read(MAX_ANSWER_BYTES + 1)
        if len(body) > MAX_ANSWER_BYTES:
            raise BrokenAnswer(Reason.TOO_LARGE, f"more than {MAX_ANSWER_BYTES} bytes")
        if call.broken_off is not None:  # a shut socket looks like the end of an answer
            raise http_errors.ProtocolError("broken off")
        return Reply(response.status, response.headers, body)


class NotSaved(Exception):
    """The body of an answer could not be written where it was to go."""


def _saved(response: urllib3.BaseHTTPResponse, call: Call, sink: BinaryIO) -> Reply:
    for piece in response.stream(_PIECE):
        try:
            sink.write(piece)
        except OSError as error:
            raise NotSaved(error.strerror) from error
    if call.broken_off is not None:  # a shut socket looks like the end of an answer
        raise http_errors.ProtocolError("broken off")
    return Reply(response.status, response.headers, b"")


class _Adapter(requests.adapters.HTTPAdapter):
    """Connects with our TLS settings, directly or through a proxy, and never retries."""

    def __init__(self, connections: int, tls: ssl.SSLContext | None) -> None:
        self._tls = tls
        super().__init__(pool_connections=1, pool_maxsize=connections, pool_block=False)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs, ssl_context=self._tls)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        return super().proxy_manager_for(proxy, **kwargs, ssl_context=self._tls)


def _tls() -> ssl.SSLContext:
    """TLS that trusts what the system trusts, so also an antivirus or company proxy."""
    import truststore  # only here: `app.py status` needs no TLS and should start at once

    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
