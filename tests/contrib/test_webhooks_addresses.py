"""Where events may be sent to, and that they go to the address that was looked at."""

from __future__ import annotations

import datetime
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loanbatch_contrib.webhooks import WebhooksSettings
from loanbatch_contrib.webhooks._addresses import RefusedAddressError, addresses_of, is_public
from loanbatch_contrib.webhooks._events import trial
from loanbatch_contrib.webhooks._sending import Receiver, UndeliveredError

SECRET = "whsec_" + "c2VjcmV0" * 5


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.9.9.9", "0.0.0.7", "10.0.0.1", "172.16.0.1", "172.31.255.255",
        "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.100.100.200", "192.0.0.192",
        "198.18.0.1", "203.0.113.5", "224.0.0.1", "239.255.255.250", "255.255.255.255",
        "168.63.129.16", "::", "::1", "fe80::1", "fe80::1%lo", "fc00::1", "fd00:ec2::254",
        "ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "2002:7f00:1::",
        "2002:a9fe:a9fe::1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a00:1",
        "2001:db8::1",
    ],
)  # fmt: skip
def test_address_that_is_not_of_the_internet_is_refused(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.215.14", "2606:4700:4700::1111"])
def test_address_of_the_internet_is_not_refused(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_translated_address_is_refused_where_its_original_is(
    address: ipaddress.IPv4Address,
) -> None:
    translated = ipaddress.IPv6Address(int(ipaddress.IPv6Address("64:ff9b::")) + int(address))

    assert is_public(str(translated)) == is_public(str(address))


@pytest.fixture
def resolve(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Return a function that says which addresses all names have, and gives the names asked for."""

    def answer(*addresses: str) -> list[str]:
        asked: list[str] = []
        real = socket.getaddrinfo

        def getaddrinfo(host: str, port: int, *more: Any, **named: Any) -> list[Any]:
            if host[0].isdigit():
                return real(host, port, *more, **named)
            asked.append(host)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, port)) for a in addresses]

        monkeypatch.setattr("loanbatch_contrib.webhooks._addresses.socket.getaddrinfo", getaddrinfo)
        return asked

    return answer


def test_name_with_one_private_address_is_refused(resolve: Any) -> None:
    resolve("1.1.1.1", "10.0.0.1")

    with pytest.raises(RefusedAddressError):
        addresses_of("example.com", 443, allow_private=False)
    assert addresses_of("example.com", 443, allow_private=True) == ["1.1.1.1", "10.0.0.1"]


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0x7f.1", "localhost", "[::1]"])
def test_ways_to_write_this_computer_are_refused(host: str) -> None:
    receiver = Receiver(WebhooksSettings(url=f"https://{host}/", secret=SECRET))

    with pytest.raises(UndeliveredError, match="private") as caught:
        receiver.attempt(trial())
    receiver.close()

    assert caught.value.is_final


def test_unknown_name_may_be_known_later(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror

    monkeypatch.setattr("loanbatch_contrib.webhooks._addresses.socket.getaddrinfo", fail)
    receiver = Receiver(WebhooksSettings(url="https://example.com/", secret=SECRET))

    with pytest.raises(UndeliveredError, match="not known") as caught:
        receiver.attempt(trial())
    receiver.close()

    assert not caught.value.is_final


def certificate(folder: Path, name: str) -> Path:
    """Write a certificate of a name that vouches for itself, with its key, and return the file."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + built.public_bytes(serialization.Encoding.PEM)
    )
    return path


class Taker(BaseHTTPRequestHandler):
    hosts: ClassVar[list[str]] = []

    def do_POST(self) -> None:
        self.hosts.append(self.headers["Host"])
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


class QuietServer(HTTPServer):
    def handle_error(self, *_: object) -> None:
        pass  # who does not trust the certificate hangs up


@pytest.fixture
def tls_port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A server with a certificate of hooks.example that this process trusts."""
    path = certificate(tmp_path, "hooks.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    server = QuietServer(("127.0.0.1", 0), Taker)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def attempt(url: str) -> None:
    receiver = Receiver(WebhooksSettings(url=url, secret=SECRET, allow_private=True))
    try:
        receiver.attempt(trial())
    finally:
        receiver.close()


def test_name_is_asked_for_once_and_its_certificate_is_the_names(
    tls_port: int, resolve: Any
) -> None:
    asked = resolve("127.0.0.1")

    attempt(f"https://hooks.example:{tls_port}/x")

    assert asked == ["hooks.example"]
    assert Taker.hosts[-1] == f"hooks.example:{tls_port}"


def test_second_address_is_tried_where_nobody_answers_at_the_first(
    tls_port: int, resolve: Any
) -> None:
    resolve("127.0.0.2", "127.0.0.1")

    attempt(f"https://hooks.example:{tls_port}/x")


def test_certificate_of_another_name_is_refused(tls_port: int, resolve: Any) -> None:
    resolve("127.0.0.1")

    with pytest.raises(UndeliveredError, match="certificate"):
        attempt(f"https://other.example:{tls_port}/x")
