"""Where the token may go: addresses, redirects and proxies."""

import contextlib
import socket
import threading

import pytest

from core.asking.address import UnsafeAddress
from core.asking.troubles import BrokenAnswer, Reason
from core.phones.datamaster.api import DataMasterSource
from tests.phones.datamaster.scripted_server import ScriptedServer, answer
from tests.phones.datamaster.talking import OK, TOKEN, talking, trouble_of


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See", "307 T", "308 P"])
def test_redirects_are_not_followed(status: str) -> None:
    with ScriptedServer(OK) as other:
        location = f"Location: {other.url.replace('127.0.0.1', 'localhost')}"
        with talking(answer(b"", status, location)) as (_server, session):
            error = trouble_of(session)
        assert isinstance(error, BrokenAnswer)
        assert (error.reason, error.detail) == (Reason.REDIRECTED, "localhost")
        assert other.connections == 0


@pytest.mark.parametrize(
    "url",
    [
        "http://prostats.info/api/index.php",
        "http://127.0.0.1.example.com/",
        "http://localhost.example.com/",
        "ftp://prostats.info/",
        "prostats.info/api/index.php",
        "https://",
        "https://prostats.info:0/",
        "https://prostats.info:99999/",
        "https://name:password@prostats.info/",
        "https://pro stats.info/",
        "https://[::1/",
        "",
    ],
)
def test_addresses_that_are_refused(url: str) -> None:
    with pytest.raises(UnsafeAddress) as caught:
        DataMasterSource(url, TOKEN)
    assert caught.value.message
    assert caught.value.hint
    assert "password" not in str(caught.value).replace("a password", "")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_this_computer_needs_neither_tls_nor_a_proxy(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with ScriptedServer(OK) as server:
        url = server.url.replace("127.0.0.1", host)
        with contextlib.closing(DataMasterSource(url, TOKEN)) as source:
            assert source.open_session().clients()


def test_https_goes_through_the_proxy_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bytes] = []
    done = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def proxy() -> None:
            connection, _ = listener.accept()
            with connection:
                asked.append(connection.recv(65536))
                connection.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
            done.set()

        thread = threading.Thread(target=proxy)
        thread.start()
        address = f"http://user:hidden@127.0.0.1:{listener.getsockname()[1]}"
        monkeypatch.setenv("HTTPS_PROXY", address)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        source = DataMasterSource("https://prostats.invalid/api", TOKEN, 5)
        with contextlib.closing(source):
            error = trouble_of(source.open_session())
        thread.join()
    assert asked[0].startswith(b"CONNECT prostats.invalid:443 HTTP/1.")
    assert TOKEN.encode() not in asked[0]
    assert error.reason is Reason.NO_CONNECTION
    assert "hidden" not in str(error)
