"""The requests of CHE168's API, one a call."""

from datetime import date
from urllib.parse import quote, urlencode

from core.asking.retry_after import retry_after
from core.asking.transport import Reply, Transport
from core.asking.troubles import (
    BrokenAnswer,
    Reason,
    Refused,
    TemporaryTrouble,
    TokenRejected,
    UpstreamError,
)
from core.cars.listings import Data
from core.cars.vendor import answers
from core.cars.vendor.answers import ChangesPage, OffersPage
from core.settings.secret import Secret

MAX_WORDS = 200  # letters of the vendor's own words


class NotFound(Refused):
    """The vendor does not know it: a listing that was removed, or an old place of the feed."""


class Vendor:
    """One thread at a time. Raises what `core.asking.troubles` names, and NotFound.

    The key is part of every address, so no address is ever part of an error or of the log.
    """

    def __init__(self, transport: Transport, key: Secret) -> None:
        self._transport = transport
        self._key = key

    def offers(self, page: int) -> OffersPage:
        """Page `page`, from 1, of everything that is on sale."""
        return answers.read_offers(self._get("/offers", page=str(page)), page)

    def offer(self, inner_id: str) -> Data:
        """One listing; NotFound where it was removed."""
        return answers.read_offer(self._get("/offer", inner_id=inner_id), inner_id)

    def change_id(self, day: date) -> int:
        """The first change of `day`."""
        return answers.read_change_id(self._get("/change_id", date=day.isoformat()))

    def changes(self, change_id: int) -> ChangesPage:
        """The feed from `change_id` on, itself included; NotFound where it reaches not so far
        back. Raises CursorWentBack."""
        return answers.read_changes(self._get("/changes", change_id=str(change_id)), change_id)

    def filters(self) -> Data:
        """The values that occur, as the vendor lists them."""
        return answers.read_filters(self._get("/filters"))

    def probe(self) -> None:
        """Ask for what works whenever the server and the key do."""
        self.filters()

    def _get(self, path: str, **values: str) -> bytes:
        query = urlencode({"api_key": self._key.reveal(), **values}, quote_via=quote)
        reply = self._transport.get(f"{path}?{query}")
        if reply.status != 200:
            raise self._refusal(reply)
        return reply.body

    def _refusal(self, reply: Reply) -> UpstreamError:
        status, wait = reply.status, retry_after(reply.headers)
        if status == 429:
            return TemporaryTrouble(Reason.TOO_MANY_REQUESTS, wait=wait)
        if status >= 500 or status in (408, 425):
            return TemporaryTrouble(Reason.SERVER_ERROR, str(status), wait)
        if status < 400:
            return BrokenAnswer(Reason.REDIRECTED, str(status))
        words = self._words(reply.body) or f"HTTP {status}"
        if status in (401, 403):
            return TokenRejected(Reason.TOKEN_REJECTED, words)
        if status in (404, 410, 422):
            return NotFound(Reason.REFUSED, words)
        return Refused(Reason.REFUSED, words)

    def _words(self, body: bytes) -> str:
        """The vendor's own words, fit to be shown: short, printable, without the key."""
        try:
            answer = answers.document(body)
        except BrokenAnswer:
            return ""
        text = answer.get("message") if isinstance(answer, dict) else None
        if not isinstance(text, str):
            return ""
        if key := self._key.reveal():
            text = text.replace(key, str(self._key))
        return "".join(letter for letter in text if letter.isprintable())[:MAX_WORDS]
