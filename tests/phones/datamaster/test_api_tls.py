"""TLS with real handshakes: the system's store decides, and nothing else is trusted."""

import contextlib
import datetime
import ssl
import sys
from pathlib import Path

import pytest

from core.asking.troubles import Reason, TemporaryTrouble
from core.phones.datamaster.api import DataMasterSource
from tests.phones.datamaster.scripted_server import ScriptedServer, answer

x509 = pytest.importorskip("cryptography.x509", reason="certificates are made with cryptography")


def make_certificate(folder: Path, name: str) -> tuple[Path, ssl.SSLContext]:
    """A certificate for `name` that vouches for itself, and a server that shows it."""
    import ipaddress

    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(name))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    pem = folder / f"{name}.pem"
    pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private = folder / f"{name}.key"
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(pem, private)
    return pem, server


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the store is the system's own")
def test_what_the_system_trusts_is_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, tls = make_certificate(tmp_path, "127.0.0.1")
    monkeypatch.setenv("SSL_CERT_FILE", str(store))
    with (
        ScriptedServer(answer(), tls=tls) as server,
        contextlib.closing(DataMasterSource(server.url, "token", 5)) as source,
    ):
        assert source.open_session().clients() == []
        assert source.open_session().clients() == []
        assert server.connections == 1


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the store is the system's own")
@pytest.mark.parametrize("name", ["127.0.0.1", "127.0.0.2"])
def test_nothing_else_gets_the_token(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, tls = make_certificate(tmp_path, name)
    if name == "127.0.0.2":  # trusted, but the certificate of another server
        monkeypatch.setenv("SSL_CERT_FILE", str(store))
    with (
        ScriptedServer(answer(), tls=tls) as server,
        contextlib.closing(DataMasterSource(server.url, "token", 5)) as source,
    ):
        with pytest.raises(TemporaryTrouble) as caught:
            source.open_session().clients()
        assert caught.value.reason is Reason.CERTIFICATE
        assert caught.value.detail
        assert server.requests == []
