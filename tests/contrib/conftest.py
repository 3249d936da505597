"""What the tests of contrib plugins share: a program that is told of events, good or bad at it."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import stamina
from attrs import define, field
from standardwebhooks import Webhook

SECRET = "whsec_" + "c2VjcmV0" * 5

#: What to do with a request: a status, a status with headers, or one of the faults below.
Behaviour = int | tuple[int, dict[str, str]] | str


@define
class Request:
    """A request as it came, whose signature was found good."""

    webhook_id: str
    event: dict[str, Any]
    headers: dict[str, str]
    status: int | None


@define
class Receiver:
    """A server on this computer that keeps what it got.

    Attributes:
        script: What it does with the next requests, one after the other; then it takes all.
    """

    url: str = ""
    script: list[Behaviour] = field(factory=list)
    requests: list[Request] = field(factory=list)
    #: Set while a request of the behaviour "hang" waits.
    hanging: threading.Event = field(factory=threading.Event)
    closing: threading.Event = field(factory=threading.Event)

    @property
    def delivered(self) -> list[dict[str, Any]]:
        """The events that it took, in order, each once."""
        taken = {r.webhook_id: r.event for r in self.requests if r.status and r.status < 300}
        return list(taken.values())

    @property
    def types(self) -> list[str]:
        return [event["type"] for event in self.delivered]

    def wait_for(self, condition: Callable[[], bool]) -> None:
        for _ in range(1200):
            if condition():
                return
            time.sleep(0.025)
        pytest.fail(f"waited in vain; {len(self.requests)} requests")


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            event = Webhook(SECRET).verify(body, headers)
            behaviour = receiver.script.pop(0) if receiver.script else 204
            status, more = behaviour if isinstance(behaviour, tuple) else (behaviour, {})
            known = status if isinstance(status, int) else None
            receiver.requests.append(Request(headers["webhook-id"], event, headers, known))
            if status == "hang":
                receiver.hanging.set()
                receiver.closing.wait(60)
            if not isinstance(status, int):  # "hang" and "drop"
                self.close_connection = True
                with contextlib.suppress(OSError):
                    self.connection.shutdown(socket.SHUT_RDWR)
                return
            self.send_response(status)
            for name, value in more.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    return Handler


@pytest.fixture(autouse=True)
def plugins_are_there(all_installed: None) -> None:
    """All tests here need the entry points of contrib."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(receiver))
    receiver.url = f"http://127.0.0.1:{server.server_port}/hooks?token=t0ps3cret"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield receiver
    receiver.closing.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def no_pauses() -> Iterator[None]:
    """Attempts follow each other at once, as many as are set."""
    with stamina.set_testing(True, attempts=100, cap=True):
        yield
