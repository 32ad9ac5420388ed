"""The few calls of the Bot API that campaigns make.

Not through python-telegram-bot, as the bot of core.telegram: that library makes one error of a
request that surely did not leave and of one whose answer is missing. For a campaign this is the
difference between trying again and writing to somebody twice.

An address of the Bot API holds the token. Nothing but the errors below leaves this file, and
they are raised without cause and context. Each object may be used by one thread at a time.
"""

import json
import ssl
import time
from typing import Any

import httpx
import truststore

from core.settings.secret import Secret
from core.telegram.trouble import clean

API_URL = "https://api.telegram.org"
CALL_SECONDS = 20.0
LARGEST_ANSWER = 4 * 1024 * 1024


class NotSent(Exception):
    """The request surely did not leave: no connection, no name, refused, proxy dead."""


class Uncertain(Exception):
    """It may have arrived: no answer in time, cut off, 5xx, or an answer that is none."""


class Refused(Exception):
    """Telegram said no. `code` and `description` are its own words."""

    def __init__(
        self, code: int, description: str, retry_after: float = 0.0, moved_to: int = 0
    ) -> None:
        super().__init__(f"{code}: {description}")
        self.code = code
        self.description = description
        self.retry_after = retry_after
        self.moved_to = moved_to


class BotApi:
    """One bot. Raises ValueError where the address or the proxy cannot be used at all."""

    def __init__(
        self,
        token: Secret,
        api_url: str = API_URL,
        proxy: Secret | None = None,
        seconds: float = CALL_SECONDS,
    ) -> None:
        self._address = f"{api_url.rstrip('/')}/bot{token.reveal()}/"
        proxy_address = proxy.reveal() if proxy else ""
        self._secrets = (token.reveal(), token.reveal().partition(":")[2], proxy_address)
        self._seconds = seconds
        problem = ""
        try:
            self._client = httpx.Client(
                # The system's certificate store: a company's proxy works.
                verify=truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
                proxy=proxy_address or None,
                trust_env=False,
                # No connection is kept: on one that had been closed meanwhile nobody could tell
                # whether the request left.
                limits=httpx.Limits(max_keepalive_connections=0),
            )
        except Exception as error:  # httpx raises many kinds for an address it cannot read
            problem = clean(str(error), *self._secrets) or type(error).__name__
        if problem:
            raise ValueError(problem)

    def close(self) -> None:
        self._client.close()

    def get_me(self) -> str:
        """The bot's user name. It harms nobody: it shows whether token and way work."""
        return str(self._call("getMe", {}).get("username", ""))

    def send_message(self, chat: str, text: str) -> int:
        """Send; returns Telegram's number of the message."""
        result = self._call(
            "sendMessage",
            {"chat_id": chat, "text": text, "link_preview_options": {"is_disabled": True}},
        )
        return int(result["message_id"])

    def get_chat(self, chat: str) -> dict[str, Any]:
        found: dict[str, Any] = self._call("getChat", {"chat_id": chat})
        return found

    def is_administrator(self, chat: str, user: int) -> bool:
        member = self._call("getChatMember", {"chat_id": chat, "user_id": user})
        return member.get("status") in ("creator", "administrator")

    def updates(self, offset: int | None, seconds: int) -> list[dict[str, Any]]:
        """What came from `offset` on; waits up to `seconds` for something."""
        wanted = {
            "timeout": seconds,
            "allowed_updates": ["message", "channel_post", "my_chat_member"],
        }
        if offset is not None:
            wanted["offset"] = offset
        found = self._call("getUpdates", wanted, self._seconds + seconds)
        return [update for update in found if isinstance(update, dict)]

    def _call(self, method: str, parameters: dict[str, Any], seconds: float = 0.0) -> Any:
        problem: Exception
        try:
            status, body = self._post(method, parameters, seconds or self._seconds)
        except (
            httpx.ConnectError,
            httpx.ConnectTimeout,
            httpx.ProxyError,
            httpx.PoolTimeout,
            httpx.UnsupportedProtocol,
        ) as error:
            problem = NotSent(self._words(error))
        except httpx.HTTPError as error:
            problem = Uncertain(self._words(error))
        else:
            return _read(status, body)
        raise problem  # outside the handler, so that it has no context

    def _post(self, method: str, parameters: dict[str, Any], seconds: float) -> tuple[int, bytes]:
        until = time.monotonic() + seconds
        body = bytearray()
        with self._client.stream(
            "POST", self._address + method, json=parameters, timeout=seconds
        ) as response:
            for piece in response.iter_bytes():
                body += piece
                # The time limits of the library are for each read; a server that sends a byte
                # now and then would hold us for ever.
                if time.monotonic() > until or len(body) > LARGEST_ANSWER:
                    raise httpx.ReadTimeout("the answer does not end")
        return response.status_code, bytes(body)

    def _words(self, error: Exception) -> str:
        text = clean(str(error), *self._secrets)
        return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _read(status: int, body: bytes) -> Any:
    """The result; raises Refused or Uncertain."""
    answer: Any = None
    if status < 500:
        try:
            answer = json.loads(body)
        except ValueError:
            answer = None
    if not isinstance(answer, dict) or "ok" not in answer:
        raise Uncertain(f"HTTP {status}")
    if answer["ok"] is True:
        return answer.get("result")
    code = int(answer.get("error_code") or status)
    description = clean(str(answer.get("description") or ""))
    if code >= 500:
        raise Uncertain(f"{code}: {description}")
    more = answer.get("parameters") or {}
    raise Refused(
        code,
        description,
        float(more.get("retry_after") or 0),
        int(more.get("migrate_to_chat_id") or 0),
    )
