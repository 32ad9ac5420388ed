"""docs/deploy/datamaster.nginx in a real nginx, with TLS."""

import re
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from core.phones.datamaster.demo.server import DemoServer
from tests.phones.service.conftest import PATIENCE, Client, Serve

StartApi = Callable[..., DemoServer]

CONFIG = Path(__file__).parents[3] / "docs" / "deploy" / "datamaster.nginx"


@pytest.fixture
def proxied(api: StartApi, serve: Serve, tmp_path: Path) -> Iterator[tuple[Client, ssl.SSLContext]]:
    served = serve(api(), RATE_LIMIT_DELAY="0.05")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
         "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = CONFIG.read_text()
    server = server.replace("listen 443 ssl", f"listen 127.0.0.1:{port} ssl")
    server = re.sub(r"(ssl_certificate +)\S+;", rf"\g<1>{certificate};", server)
    server = re.sub(r"(ssl_certificate_key +)\S+;", rf"\g<1>{key};", server)
    server = server.replace("http://127.0.0.1:8080", served.client.url)
    temporary = "".join(
        f"{kind}_temp_path {tmp_path / kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    config = tmp_path / "nginx.conf"
    config.write_text(
        f"daemon off; pid {tmp_path / 'pid'}; error_log {tmp_path / 'error.log'};\n"
        f"events {{}}\nhttp {{ access_log off;\n{temporary}{server}\n}}\n"
    )
    (tmp_path / "logs").mkdir(exist_ok=True)
    process = subprocess.Popen(
        ["nginx", "-p", str(tmp_path), "-c", str(config)], stderr=subprocess.DEVNULL
    )
    context = ssl.create_default_context(cafile=str(certificate))
    client = Client(f"https://localhost:{port}", served.client.token, context)
    try:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                httpx.get(f"{client.url}/health", verify=context)
                break
            except httpx.HTTPError:
                assert process.poll() is None, (tmp_path / "error.log").read_text()
                assert time.monotonic() < deadline
                time.sleep(0.05)
        yield client, context
    finally:
        process.terminate()
        process.wait(PATIENCE)


def test_tls_tokens_and_events_through_nginx(proxied: tuple[Client, ssl.SSLContext]) -> None:
    client, context = proxied
    assert httpx.get(f"{client.url}/health", verify=context).json()["status"] == "ok"
    for path in ("/status", "/docs", "/openapi.json"):  # the last two are open only nearby
        assert httpx.get(f"{client.url}{path}", verify=context).status_code == 401
    assert client.get("/metrics").status_code == 404
    assert client.json("/status")["collecting"] is False
    with client.listening() as events:
        assert client.post("/runs", {}).status_code == 202
        events.wait_for("ProjectFinished")  # while it goes on, not in one piece at its end
        assert client.json("/status")["collecting"] is True
        events.wait_for("RunFinished")
    client.wait_for_end(1)
    assert client.get("/reports/phones.csv").content.count(b"\r\n") > 1000
    large = httpx.post(
        f"{client.url}/runs",
        content=b"x" * (2 << 20),
        headers={"X-API-Key": client.token},
        verify=context,
    )
    assert large.status_code == 413
