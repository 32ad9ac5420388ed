"""A sender's way to Telegram: through its proxy, or directly where that is dead and allowed."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from core.campaigns.telegram.bot_api import API_URL, CALL_SECONDS, BotApi, NotSent
from core.settings.secret import Secret

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sender:
    """A bot. `proxy` is only a way to Telegram, empty for the direct one."""

    id: int
    name: str
    token: Secret
    proxy: Secret


class Line:
    """One sender's calls, for one thread.

    Raises ValueError where the address or the proxy cannot be used at all. `proxy_is_dead` is
    called, once, when the direct way is taken instead.
    """

    def __init__(
        self,
        sender: Sender,
        api_url: str = API_URL,
        *,
        proxy_required: bool = False,
        seconds: float = CALL_SECONDS,
        proxy_is_dead: Callable[[], None] = lambda: None,
    ) -> None:
        self._direct = BotApi(sender.token, api_url, seconds=seconds)
        self._proxied = (
            BotApi(sender.token, api_url, sender.proxy, seconds) if sender.proxy else None
        )
        self._required = proxy_required
        self._proxy_is_dead = proxy_is_dead
        self.api = self._proxied or self._direct

    def check(self) -> str:
        """Find the way that works; returns the bot's user name. Raises what the call raises."""
        if self._proxied is None:
            return self._direct.get_me()
        try:
            name = self._proxied.get_me()
        except NotSent:
            if self._required:
                raise
            name = self._direct.get_me()
            if self.api is not self._direct:
                self.api = self._direct
                self._proxy_is_dead()
        else:
            self.api = self._proxied
        return name

    def close(self) -> None:
        self._direct.close()
        if self._proxied is not None:
            self._proxied.close()
