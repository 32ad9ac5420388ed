"""The built-in vendor: its API and its daily files over real HTTP."""

import base64
import secrets
import threading
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson

from core.cars.normal.vocabulary import WORDS
from core.cars.stand_in.market import Market, as_sent
from core.stand_in import trouble
from core.stand_in.faults import CommonFaults, FaultDice
from core.stand_in.journal import Journal, Outcome
from core.stand_in.load import LoadGate
from core.stand_in.server import StandInServer
from core.stand_in.wire import Reply, Request, http_bytes

API = "/api/v2/che168"
FILES = "/files"
PAGE = 20

_FOREIGN = (b"null", b"[]", b"{}", b"12", b'{"result": null, "meta": {}}', b'{"meta": {"page": 1}}')


class FeedEnd(StrEnum):
    """The four ways in which the end of the feed is shown."""

    NULL = "null"
    ZERO = "0"
    SAME = "same"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorFaults(CommonFaults):
    """How this server misbehaves, beside what any server can."""

    broken_pages: Collection[int] = ()
    """Pages of /offers that always fail."""
    broken_offers: Collection[int] = ()
    """Listings that /offer never tells."""
    end: FeedEnd | None = None
    """How the end of the feed is shown; None: each way in turn."""
    forgets_before: int = 0
    """Changes with a lower id are not known any more."""
    goes_back: bool = False
    """The feed leads backwards."""
    changes_per_request: float = 0.0
    """How much happens while somebody reads."""
    changes_limit: int | None = None
    """How much happens at most by `changes_per_request`."""


_NO_FAULTS = VendorFaults()


@dataclass(slots=True)
class _Asked:
    """A request as it was understood."""

    command: str
    item: int = 0
    page: int = 0
    values: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, int, int]:
        return self.command, self.item, self.page


class VendorServer(StandInServer):
    """Serves `market` between `start` and `stop`, or as a context manager."""

    def __init__(
        self,
        market: Market,
        *,
        faults: VendorFaults = _NO_FAULTS,
        port: int = 0,
        journal: Journal | None = None,
    ) -> None:
        super().__init__(port=port, journal=journal)
        self.market = market
        self.key = f"demo-{secrets.token_hex(16)}"
        self.user, self.password = "demo", secrets.token_hex(8)
        self.files_served = True
        self._behaving = threading.Lock()
        self._requests = 0
        self._due = 0.0
        self._happened = 0
        self._ends = 0
        self._set(faults)

    @property
    def url(self) -> str:
        """For CHE168_API_URL."""
        return f"{self.origin}{API}"

    @property
    def files_url(self) -> str:
        """For CHE168_FILES_URL."""
        return f"{self.origin}{FILES}"

    @property
    def faults(self) -> VendorFaults:
        return self._faults

    @faults.setter
    def faults(self, faults: VendorFaults) -> None:
        with self._behaving:
            self._set(faults)

    def _set(self, faults: VendorFaults) -> None:
        self._faults = faults
        self._dice = FaultDice(faults)
        self._gate = LoadGate(faults)

    def revoke_key(self) -> None:
        """From now on the key is wrong."""
        self.key = secrets.token_hex(16)

    # Requests

    def reply(self, request: Request) -> tuple[Reply, int]:
        asked = _understand(request)
        entry = self.journal.arrived(*asked.key)
        with self._behaving:
            self._requests += 1
            number, faults = self._requests, self._faults
        outage = next((one for one in faults.outages if one.at_request == number), None)
        if outage:
            self.go_down(outage.kind, outage.seconds)
        if number == faults.revoke_token_at:
            self.revoke_key()
        latency = self._gate.slowdown(self._dice.latency(asked.key))
        if latency:
            self.wait(latency)
        if not self._gate.admits():
            seconds = faults.rate_limit_retry_after
            return trouble.too_many(None if seconds is None else str(seconds)), entry
        if number == faults.long_wait_at:
            return trouble.too_many(str(faults.long_wait)), entry
        if asked.command == "files":
            return self._file(request), entry
        if asked.values.get("api_key") != self.key:
            return _error(401, "Invalid api_key"), entry
        good = self._good(asked)
        fault = self._dice.roll(asked.key)
        if fault:
            variant = asked.item + asked.page
            message = _error(500, "Internal error, try again later")
            return trouble.spoil(fault, variant, good, faults, _FOREIGN, message), entry
        self._let_happen()
        return good, entry

    def _let_happen(self) -> None:
        """The feed grows while somebody reads."""
        faults = self._faults
        with self._behaving:
            self._due += faults.changes_per_request
            count = int(self._due)
            self._due -= count
            if faults.changes_limit is not None:
                count = min(count, faults.changes_limit - self._happened)
            self._happened += count
        if count > 0:
            self.market.happen(count)

    def _good(self, asked: _Asked) -> Reply:
        match asked.command:
            case "offers":
                return self._offers(asked)
            case "offer":
                return self._offer(asked)
            case "changes":
                return self._changes(asked)
            case "change_id":
                return self._change_id(asked)
            case "filters":
                return _json(self._filters())
        return _error(404, "Not found")

    def _offers(self, asked: _Asked) -> Reply:
        if asked.page < 1:
            return _error(422, "page must be a number from 1")
        if asked.page in self._faults.broken_pages:
            return trouble.server_error(500)
        rows, next_page = self.market.page(asked.page, PAGE)
        items = [
            {
                "id": number * 3,
                "inner_id": str(number),
                "change_type": "added",
                "created_at": "2026-10-01T08:00:00Z",
                "data": self.market.data(number),
            }
            for number in rows
        ]
        meta = {"page": asked.page, "next_page": next_page, "limit": PAGE}
        return _json({"result": items, "meta": meta})

    def _offer(self, asked: _Asked) -> Reply:
        if asked.item in self._faults.broken_offers:
            return trouble.server_error(500)
        data = self.market.data(asked.item)
        if data is None:
            return _error(404, "Offer not found")
        if asked.item % 2:
            return _json(data)
        return _json({"result": [{"inner_id": str(asked.item), "data": data}], "meta": {}})

    def _changes(self, asked: _Asked) -> Reply:
        place, faults = asked.item, self._faults
        if place < faults.forgets_before:
            return _error(422, "change_id is too old")
        entries = self.market.changes(place, PAGE)
        following: int | None = place + len(entries)
        if faults.goes_back:
            following = max(1, place - PAGE)
        elif len(entries) < PAGE:
            following = self._end(place, len(entries))
        meta = {"cur_change_id": place, "next_change_id": following, "limit": PAGE}
        return _json({"result": [as_sent(entry) for entry in entries], "meta": meta})

    def _end(self, place: int, count: int) -> int | None:
        with self._behaving:
            self._ends += 1
            way = self._faults.end or list(FeedEnd)[self._ends % len(FeedEnd)]
        match way:
            case FeedEnd.NULL:
                return None
            case FeedEnd.ZERO:
                return 0
            case FeedEnd.SAME:
                return place
        return place + count  # shown by nothing at the next place

    def _change_id(self, asked: _Asked) -> Reply:
        try:
            day = datetime.fromisoformat(asked.values.get("date", "")).date()
        except ValueError:
            return _error(422, "date must look like 2026-01-31")
        market = self.market
        entries = market.changes(market.first_change, market.next_change)
        return _json(
            {
                "change_id": next(
                    (entry.id for entry in entries if entry.created_at.date() >= day),
                    market.next_change,
                )
            }
        )

    def _filters(self) -> dict[str, Any]:
        brand = self.market.brand
        names = ("transmission_type", "color", "body_type", "engine_type", "drive_type")
        return {
            "mark": {"BMW": {"model": ["3 Series", "X5"]}, "Audi": {"model": ["A4L", "Q5L"]}},
            **{name: [words[brand] for words in WORDS[name].values()] for name in names},
        }

    def _file(self, request: Request) -> Reply:
        known = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {known}":
            return _error(401, "Unauthorized")
        if not self.files_served:
            return _error(404, "Not found")
        lines = ["id|inner_id|mark"]
        lines += [f'{int(one) * 3}|{one}|"BMW"' for one in sorted(self.market.active())]
        body = "\n".join(lines).encode()
        return Reply(http_bytes(200, body, content_type="text/csv"), 200, Outcome.ANSWERED)


def _understand(request: Request) -> _Asked:
    parts = urlsplit(request.path)
    values = {name: given[-1] for name, given in parse_qs(parts.query).items()}
    if parts.path.startswith(FILES):
        return _Asked("files", values=values)
    command = parts.path.removeprefix(f"{API}/")
    if request.method != "GET" or command not in (
        *("offers", "offer", "changes", "change_id", "filters"),
    ):
        return _Asked("other", values=values)
    item = values.get("inner_id") or values.get("change_id") or "0"
    page = values.get("page") or "0"
    return _Asked(
        command,
        int(item) if item.isdecimal() else 0,
        int(page) if page.isdecimal() else 0,
        values,
    )


def _json(answer: Any) -> Reply:
    return Reply(http_bytes(200, orjson.dumps(answer)), 200, Outcome.ANSWERED)


def _error(status: int, message: str) -> Reply:
    return Reply(http_bytes(status, orjson.dumps({"message": message})), status, Outcome.FAILED)
