"""docs/deploy/datamaster.nginx in a real nginx and datamaster.caddy in a real Caddy, with TLS."""

import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from core.phones.datamaster.demo.server import DemoServer
from tests.phones.service.conftest import PATIENCE, Client, Serve

StartApi = Callable[..., DemoServer]

DEPLOY = Path(__file__).parents[3] / "docs" / "deploy"


@dataclass(frozen=True)
class Front:
    """What a proxy has to know: where it listens, its certificate and key, who answers."""

    folder: Path
    port: int
    certificate: Path
    key: Path
    behind: str


def nginx(front: Front) -> list[str]:
    """Its configuration, with the places of this test; returns the command that runs it."""
    server = (DEPLOY / "datamaster.nginx").read_text()
    server = server.replace("listen 443 ssl", f"listen 127.0.0.1:{front.port} ssl")
    server = re.sub(r"(ssl_certificate +)\S+;", rf"\g<1>{front.certificate};", server)
    server = re.sub(r"(ssl_certificate_key +)\S+;", rf"\g<1>{front.key};", server)
    server = server.replace("http://127.0.0.1:8080", front.behind)
    temporary = "".join(
        f"{kind}_temp_path {front.folder / kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    config = front.folder / "nginx.conf"
    config.write_text(
        f"daemon off; pid {front.folder / 'pid'}; error_log {front.folder / 'error.log'};\n"
        f"events {{}}\nhttp {{ access_log off;\n{temporary}{server}\n}}\n"
    )
    (front.folder / "logs").mkdir(exist_ok=True)
    return ["nginx", "-p", str(front.folder), "-c", str(config)]


def caddy(front: Front) -> list[str]:
    """As `nginx`. The certificate is ours: getting one needs a name that the world can reach."""
    if shutil.which("caddy") is None:
        pytest.skip("there is no Caddy here (Debian: caddy)")
    site = (DEPLOY / "datamaster.caddy").read_text()
    site = site.replace(
        "collector.example.org {",
        "{\n\tadmin off\n\tauto_https off\n\tgrace_period 1s\n}\n"
        f"https://localhost:{front.port} {{\n\ttls {front.certificate} {front.key}",
    )
    site = site.replace("127.0.0.1:8080", front.behind)
    config = front.folder / "Caddyfile"
    config.write_text(site)
    return ["caddy", "run", "--adapter", "caddyfile", "--config", str(config)]


@pytest.fixture(params=[nginx, caddy])
def proxied(
    request: pytest.FixtureRequest, api: StartApi, serve: Serve, tmp_path: Path
) -> Iterator[tuple[Client, ssl.SSLContext]]:
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
    command = request.param(Front(tmp_path, port, certificate, key, served.client.url))
    said = tmp_path / "said"
    with said.open("wb") as log:
        process = subprocess.Popen(
            command, stderr=log, env={**os.environ, "XDG_DATA_HOME": str(tmp_path)}
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
                assert process.poll() is None, said.read_text()
                assert time.monotonic() < deadline
                time.sleep(0.05)
        yield client, context
    finally:
        process.terminate()
        process.wait(PATIENCE)


def test_tls_tokens_and_events_through_a_proxy(proxied: tuple[Client, ssl.SSLContext]) -> None:
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
