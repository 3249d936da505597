"""Settings of the webhooks plugin; what is wrong with them ends a command at once."""

from __future__ import annotations

import base64
import binascii
from importlib.util import find_spec
from urllib.parse import SplitResult, urlsplit

from attrs import field, frozen

from loanbatch.errors import SettingsError
from loanbatch_contrib.webhooks._events import EVENT_TYPES

_LIBRARIES = ("httpx", "stamina", "standardwebhooks")
PREFIX = "whsec_"
#: Bytes of a secret, as Standard Webhooks has it.
_SHORTEST_SECRET, _LONGEST_SECRET = 24, 64


@frozen(kw_only=True)
class WebhooksSettings:
    """The table `[loanbatch.webhooks]`.

    Raises:
        SettingsError: A value cannot be used, or a library is missing that the plugin needs.
    """

    #: Address to which events are posted; empty for none.
    url: str = field(default="", repr=False)
    #: Secret that signs requests: `whsec_` and 24 to 64 random bytes in base64, which the receiver
    #: knows too. Best said in the environment, not in a file that others read.
    secret: str = field(default="", repr=False)
    #: Which events are sent, such as `job.finished`; all where none is named.
    events: tuple[str, ...] = ()
    #: Whether the address may lead into this computer or its network, and may begin with `http:`.
    allow_private: bool = False
    #: How long the receiver may take to be connected, and to answer.
    timeout_seconds: float = 10.0
    #: How often an event is tried, with growing pauses, before it is given up.
    attempts: int = 5
    #: How long the end of a job waits for events that are not delivered yet, less than
    #: `observer_seconds`; the rest stays.
    patience_seconds: float = 15.0

    def __attrs_post_init__(self) -> None:
        for name in self.events:
            if name not in EVENT_TYPES:
                raise SettingsError(f"events: each must be one of {', '.join(EVENT_TYPES)}")
        if self.timeout_seconds <= 0 or self.patience_seconds < 0 or self.attempts < 1:
            raise SettingsError(
                "timeout_seconds must be more than 0, patience_seconds at least 0, attempts at"
                " least 1"
            )
        if self.url:  # else the plugin is not at work
            _check_url(self.url, allow_private=self.allow_private)
            _check_secret(self.secret)
            _check_libraries()

    def wants(self, event_type: str) -> bool:
        """Tell whether events of a type are sent."""
        return not self.events or event_type in self.events


def _check_url(url: str, *, allow_private: bool) -> None:
    """Refuse an address to which nothing can be sent, without telling it: it may be a secret."""
    try:
        parts: SplitResult | None = urlsplit(url)
        usable = parts is not None and parts.hostname and parts.port != 0
    except ValueError:  # the port is no number, or a bracket is missing
        parts, usable = None, False
    if parts is None or not usable or parts.scheme not in ("http", "https"):
        raise SettingsError("url must be an address such as https://example.com/hooks")
    if "@" in parts.netloc or parts.fragment:
        raise SettingsError("url must have no user, password or fragment: requests are signed")
    if parts.scheme == "http" and not allow_private:
        raise SettingsError("url must begin with https: (http: is for allow_private = true)")


def _check_secret(secret: str) -> None:
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not _SHORTEST_SECRET <= len(key) <= _LONGEST_SECRET:
        raise SettingsError(
            f"secret must be {PREFIX} and {_SHORTEST_SECRET} to {_LONGEST_SECRET} random bytes in"
            " base64 (`LOANBATCH_WEBHOOKS_URL= loanbatch webhooks new-secret` makes one)"
        )


def _check_libraries() -> None:
    missing = [name for name in _LIBRARIES if find_spec(name) is None]
    if missing:
        raise SettingsError(
            f"webhooks need {', '.join(missing)}: pip install 'loanbatch[webhooks]', or take url"
            " out of the settings"
        )
