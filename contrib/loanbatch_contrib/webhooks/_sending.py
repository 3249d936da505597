"""One event to one receiver: a signed request, and what its answer means.

Standard Webhooks (https://www.standardwebhooks.com): an answer of 2xx is a delivery, 410 means that
nothing is wanted any more, anything else may be tried again. Redirects are not followed, and no
proxy is used: either would lead somewhere that was not looked at.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import version

import httpx
import stamina
from attrs import frozen
from stamina.instrumentation import RetryDetails, get_on_retry_hooks, set_on_retry_hooks
from standardwebhooks import Webhook

from loanbatch_contrib.webhooks._addresses import RefusedAddressError, addresses_of
from loanbatch_contrib.webhooks._events import Event
from loanbatch_contrib.webhooks._settings import WebhooksSettings

#: Seconds before the second attempt, doubled before each further one, and the longest pause; each
#: with a random part, so that many senders do not come at the same moment.
_FIRST_PAUSE, _LONGEST_PAUSE, _JITTER = 1.0, 30.0, 1.0
#: Seconds that a receiver may ask to be left alone; who asks for more gets nothing in this job.
_LONGEST_REST = 120.0
#: Bytes of an answer that are read, so that the connection can be used again.
_MOST_BYTES = 65_536


class UndeliveredError(Exception):
    """An event was not taken.

    Args:
        reason: In few words, nothing of the address.
        is_final: Whether trying the same again is of no use.
        is_away: Whether this receiver should be sent nothing for now.
        rest: Seconds that the receiver asks for before the next attempt.
    """

    def __init__(
        self,
        reason: str,
        *,
        is_final: bool = False,
        is_away: bool = False,
        rest: float | None = None,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_final = is_final
        self.is_away = is_away
        self.rest = rest


@frozen(kw_only=True)
class Answer:
    """What became of an event."""

    attempts: int
    #: None where it was delivered.
    failure: UndeliveredError | None = None


class Receiver:
    """The program behind the address of the settings.

    Args:
        settings: With an address and a secret.
    """

    def __init__(self, settings: WebhooksSettings) -> None:
        self._settings = settings
        self.most_attempts = settings.attempts
        self._url = httpx.URL(settings.url)
        self._webhook = Webhook(settings.secret)
        self._transport = httpx.HTTPTransport()
        self._agent = f"loanbatch/{version('loanbatch')}"
        _hide_our_retries()

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def deliver(self, event: Event, may_go_on: Callable[[], bool]) -> Answer:
        """Send an event, again where that may help, with growing pauses.

        Args:
            event: To be sent.
            may_go_on: Whether a further attempt is wanted.
        """
        tried = 0

        @stamina.retry(
            on=lambda error: _what_next(error) if may_go_on() else False,
            attempts=self.most_attempts,
            timeout=None,
            wait_initial=_FIRST_PAUSE,
            wait_max=_LONGEST_PAUSE,
            wait_jitter=_JITTER,
        )
        def attempt() -> None:
            nonlocal tried
            tried += 1
            self.attempt(event)

        try:
            attempt()
        except UndeliveredError as failure:
            return Answer(attempts=tried, failure=failure)
        return Answer(attempts=tried)

    def attempt(self, event: Event) -> None:
        """Send an event once.

        Raises:
            UndeliveredError: It was not taken.
        """
        host = self._url.raw_host.decode("ascii")
        port = self._url.port or (443 if self._url.scheme == "https" else 80)
        try:
            addresses = addresses_of(host, port, allow_private=self._settings.allow_private)
        except RefusedAddressError:
            reason = "the address is private (allow_private is not set)"
            raise UndeliveredError(reason, is_final=True) from None
        except OSError:
            raise UndeliveredError("the name of the host is not known") from None
        failure = UndeliveredError("no connection")
        for address in addresses:
            try:
                _judge(*self._post(event, host, address))
            except httpx.ConnectTimeout:
                failure = UndeliveredError("no connection in time")
            except httpx.ConnectError as error:
                failure = UndeliveredError(_why_not_connected(error))
            except httpx.TimeoutException:
                raise UndeliveredError("no answer in time") from None
            except httpx.TransportError:
                raise UndeliveredError("the connection was lost") from None
            else:
                return
        raise failure

    def _post(self, event: Event, host: str, address: str) -> tuple[int, str]:
        """Post an event to an address and return the status and Retry-After of the answer."""
        moment = datetime.now(UTC)
        request = httpx.Request(
            "POST",
            self._url.copy_with(host=address),
            headers={
                "Host": self._url.netloc.decode("ascii"),
                "Content-Type": "application/json",
                "User-Agent": self._agent,
                "webhook-id": event.webhook_id,
                "webhook-timestamp": str(int(moment.timestamp())),
                "webhook-signature": self._webhook.sign(event.webhook_id, moment, event.body),
            },
            content=event.body,
            extensions={
                "timeout": httpx.Timeout(self._settings.timeout_seconds).as_dict(),
                # The certificate has to be that of the name, not of the address.
                "sni_hostname": host,
            },
        )
        response = self._transport.handle_request(request)
        try:
            _read_a_little(response)
        finally:
            response.close()
        return response.status_code, response.headers.get("retry-after", "")


def _read_a_little(response: httpx.Response) -> None:
    """Read an answer to its end, so that its connection can be used again, unless it is long."""
    count = 0
    for part in response.iter_raw():
        count += len(part)
        if count > _MOST_BYTES:
            return


def _judge(status: int, retry_after: str) -> None:
    """Raise what an answer means that is no delivery."""
    if httpx.codes.is_success(status):
        return
    reason = f"status {status}"
    if status == httpx.codes.GONE:
        reason = "status 410: the receiver wants nothing any more"
        raise UndeliveredError(reason, is_final=True, is_away=True)
    if httpx.codes.is_redirect(status):
        reason = f"status {status}: redirects are not followed"
        raise UndeliveredError(reason, is_final=True)
    rest = _seconds(retry_after)
    if rest is not None and rest > _LONGEST_REST:
        reason = f"status {status}: the receiver asks to be left alone for {rest:.0f} s"
        raise UndeliveredError(reason, is_away=True)
    raise UndeliveredError(reason, rest=rest)


def _seconds(retry_after: str) -> float | None:
    """Return the seconds that Retry-After tells, as a number or a date; None where it does not."""
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        moment = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _why_not_connected(error: httpx.ConnectError) -> str:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return "the certificate is not trusted, or not that of the host"
        if isinstance(cause, ssl.SSLError):
            return "no encrypted connection"
        cause = cause.__cause__ or cause.__context__
    return "no connection"


def _what_next(error: Exception) -> bool | float:
    """Return whether to try again, or the seconds after which to do so."""
    if not isinstance(error, UndeliveredError) or error.is_final or error.is_away:
        return False
    return True if error.rest is None else error.rest


def _hide_our_retries() -> None:
    """Keep stamina from logging our retries; what others do with it stays as it is.

    It logs through structlog wherever that is installed, by default to standard output.
    """
    hooks = get_on_retry_hooks()
    if not any(isinstance(hook, _OfOthers) for hook in hooks):
        set_on_retry_hooks([_OfOthers(hook) for hook in hooks])


@frozen
class _OfOthers:
    """Hands on the retries of others to a hook."""

    hook: Callable[[RetryDetails], AbstractContextManager[None] | None]

    def __call__(self, details: RetryDetails) -> AbstractContextManager[None] | None:
        return None if details.name.startswith(__package__) else self.hook(details)
