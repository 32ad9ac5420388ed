"""Proxies of the environment: SOCKS, with any password, and addresses that make no sense."""

import contextlib
import logging
import socket
import sys
import threading
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.asking.proxies import UnusableProxy, proxies_for
from core.asking.troubles import Reason, TemporaryTrouble
from core.logs.log_text import masked
from core.phones.collector import Collector, CollectorSetup
from core.phones.datamaster.api import DataMasterSource
from core.phones.engine.session import EngineSettings
from core.phones.events import Event, RunFinished, RunStatus
from core.phones.run_failure import RunFailure
from core.phones.run_request import RunRequest
from tests.phones.datamaster.scripted_server import ScriptedServer, answer
from tests.phones.datamaster.test_api_tls import make_certificate

PASSWORD = "p#ss/w@rd:1"
API = "https://prostats.invalid/api"


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


class Socks5:
    """Lets through whoever knows the password, to `port` of this computer whatever is asked."""

    def __init__(self, port: int) -> None:
        self.asked: list[bytes] = []
        self.logins: list[bytes] = []
        self._to = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.recv(300)
            connection.sendall(b"\x05\x02")
            login = connection.recv(600)
            name = login[2 : 2 + login[1]]
            self.logins.append(name + b"|" + login[3 + login[1] :])
            connection.sendall(b"\x01\x00")
            self.asked.append(connection.recv(600))
            connection.sendall(b"\x05\x00\x00\x01" + bytes(6))
            with socket.create_connection(("127.0.0.1", self._to)) as server:
                back = threading.Thread(target=_pipe, args=(server, connection), daemon=True)
                back.start()
                _pipe(connection, server)
                back.join()


def _pipe(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


@pytest.fixture
def behind_socks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, Socks5]]:
    store, tls = make_certificate(tmp_path, "127.0.0.2")
    monkeypatch.setenv("SSL_CERT_FILE", str(store))
    with ScriptedServer(answer(), tls=tls) as server:
        proxy = Socks5(server.port)
        yield f"https://127.0.0.2:{server.port}/api", proxy
        proxy.close()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the store is the system's own")
@pytest.mark.parametrize("scheme", ["socks5h", "socks5", "socks", "SOCKS5"])
@pytest.mark.parametrize("variable", ["ALL_PROXY", "https_proxy"])
def test_socks_works(
    scheme: str,
    variable: str,
    behind_socks: tuple[str, Socks5],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url, proxy = behind_socks
    monkeypatch.setenv(variable, f"{scheme}://user:{PASSWORD}@127.0.0.1:{proxy.port}")
    with contextlib.closing(DataMasterSource(url, "token", 5)) as source:
        assert source.open_session().clients() == []
    assert proxy.logins == [b"user|" + PASSWORD.encode()]


WRONG = [
    f"http://user:{PASSWORD}@",
    f"http://user:{PASSWORD}@host:port",
    f"http://user:{PASSWORD}@host:99999",
    f"http://user:{PASSWORD}@two words:80",
    f"ftp://user:{PASSWORD}@host:80",
    f"http://user:{PASSWORD}@[::1",
    "http://",
    "http://:80",
    "socks9://host:1",
    "http://host:80:80",
]


@pytest.mark.parametrize("address", WRONG)
def test_a_proxy_that_makes_no_sense_is_named_and_its_password_is_not(
    address: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", address)
    with pytest.raises(UnusableProxy) as caught:
        DataMasterSource(API, "token", 5)
    assert "HTTPS_PROXY" in caught.value.message
    whole = "".join(traceback.format_exception(caught.value))
    for text in (caught.value.message, caught.value.hint, masked(whole)):
        for part in (PASSWORD, "p#ss", "w@rd"):
            assert part not in text
    events: list[Event] = []
    collector = Collector(
        CollectorSetup(
            tmp_path / "phones.db", EngineSettings(), lambda: DataMasterSource(API, "token", 5)
        )
    )
    collector.watch(events.append)
    with caplog.at_level(logging.DEBUG):
        assert collector.start(RunRequest())
        assert collector.wait(20)
    finished = events[-1]
    assert isinstance(finished, RunFinished)
    assert (finished.status, finished.reason) == (RunStatus.FAILED, RunFailure.SETTINGS)
    assert "HTTPS_PROXY" in finished.detail
    assert "p#ss" not in masked(caplog.text)


def test_a_socks_proxy_that_is_not_there_is_no_connection(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    monkeypatch.setenv("ALL_PROXY", f"socks5://user:{PASSWORD}@127.0.0.1:{port}")
    with (
        contextlib.closing(DataMasterSource(API, "token", 5)) as source,
        pytest.raises(TemporaryTrouble) as caught,
    ):
        source.open_session().clients()
    assert caught.value.reason is Reason.NO_CONNECTION
    whole = masked("".join(traceback.format_exception(caught.value)))
    assert PASSWORD not in whole
    assert "p%23ss" not in whole


def test_every_way_to_write_a_password_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://user:p%23ss@host:80/")
    once = proxies_for(API)
    monkeypatch.setenv("HTTPS_PROXY", "user:p#ss@host:80")
    assert proxies_for(API) == once == {"https": "http://user:p%23ss@host:80"}


@pytest.mark.parametrize(
    ("system", "wanted"),
    [
        # As urllib reads Windows' registry: one proxy for everything, one for each, SOCKS alone.
        (
            {"http": "http://proxy:80", "https": "http://proxy:80", "ftp": "http://proxy:80"},
            "http://proxy:80",
        ),
        ({"http": "http://other:80", "https": "http://proxy:8080"}, "http://proxy:8080"),
        (
            {
                "socks": "socks://proxy:1080",
                "http": "socks4://proxy:1080",
                "https": "socks4://proxy:1080",
            },
            "socks4://proxy:1080",
        ),
        ({"http": "http://proxy:80"}, None),
        ({}, None),
    ],
    ids=["one for all", "one for each", "SOCKS alone", "only for http", "none"],
)
def test_proxies_of_windows(
    system: dict[str, str], wanted: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("requests.utils.getproxies", lambda: system)
    assert proxies_for(API) == ({} if wanted is None else {"https": wanted})


def test_a_wrong_proxy_of_the_system_is_called_the_systems(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("requests.utils.getproxies", lambda: {"https": "http://:80"})
    with pytest.raises(UnusableProxy) as caught:
        proxies_for(API)
    assert "the system" in caught.value.message
