"""What is on sale at the built-in vendor, and how that changes."""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from core.cars.listings import Data, without_personal_data
from core.cars.stand_in.catalogue import ENGLISH, changed_fields, made_up
from core.stand_in.streams import mix

FIRST_LISTING = 51_000_000
FIRST_CHANGE = 892_145
_MOSCOW = timezone(timedelta(hours=3))
_KEPT = 2_000  # made-up listings kept in memory


@dataclass(frozen=True, slots=True)
class Entry:
    """One change of the feed, as it is sent."""

    id: int
    inner_id: int
    change_type: str
    created_at: datetime
    data: Data | None


class Market:
    """`listings` of them at the beginning; the same story for the same seed. Any thread may call.

    `drift` is how many rows change places at each look at a page, so that rows repeat and slip
    by, as they do at the vendor's.
    """

    def __init__(
        self,
        listings: int,
        *,
        seed: int = 1,
        brand: int = ENGLISH,
        drift: int = 0,
        first_change: int = FIRST_CHANGE,
    ) -> None:
        self.seed = seed
        self.brand = brand
        self.drift = drift
        self._lock = threading.RLock()
        self._order = list(range(FIRST_LISTING, FIRST_LISTING + listings))
        self._place: dict[int, int] = {one: at for at, one in enumerate(self._order)}
        self._next = FIRST_LISTING + listings
        self._gone: list[int] = []
        self._overrides: dict[int, Data] = {}
        self._first_change = first_change
        self._feed: list[Entry] = []
        self._made: OrderedDict[int, Data] = OrderedDict()
        self._turn = 0
        self._looks = 0

    # What is there

    @property
    def next_change(self) -> int:
        """The id that the next change will get."""
        return self._first_change + len(self._feed)

    @property
    def first_change(self) -> int:
        return self._first_change

    def active(self) -> set[str]:
        """Every listing on sale."""
        with self._lock:
            return {str(one) for one in self._order}

    def __len__(self) -> int:
        return len(self._order)

    def data(self, number: int) -> Data | None:
        """The whole data of a listing on sale, personal data included; None where it is not."""
        with self._lock:
            if number not in self._place:
                return None
            made = self._made.get(number)
            if made is None:
                made = made_up(self.seed, number, self.brand)
                self._made[number] = made
                if len(self._made) > _KEPT:
                    self._made.popitem(last=False)
            return {**made, **self._overrides.get(number, {})}

    def kept(self, inner_id: str) -> Data | None:
        """What of a listing on sale is to be stored."""
        data = self.data(int(inner_id))
        return None if data is None else without_personal_data(data)

    def page(self, page: int, limit: int) -> tuple[list[int], int | None]:
        """The listings of a page, and the next page. Rows drift before each look."""
        with self._lock:
            self._drift(page * limit)
            rows = self._order[(page - 1) * limit : page * limit]
            return rows, page + 1 if page * limit < len(self._order) else None

    def changes(self, change_id: int, limit: int) -> list[Entry]:
        """The feed from `change_id` on."""
        with self._lock:
            at = max(0, change_id - self._first_change)
            return self._feed[at : at + limit]

    # How it changes

    def happen(self, changes: int) -> None:
        """Let so many things happen: listings are added, changed, removed, come back."""
        with self._lock:
            for _ in range(changes):
                self._one()

    def _one(self) -> None:
        self._turn += 1
        kind = mix(self.seed, 77, self._turn) % 10
        if kind < 3 or len(self._order) < 2:
            self._add()
        elif kind < 5:
            self._remove()
        else:
            self._change()

    def _add(self) -> None:
        if self._gone and not mix(self.seed, 78, self._turn) % 4:
            number = self._gone.pop(mix(self.seed, 79, self._turn) % len(self._gone))
        else:
            number, self._next = self._next, self._next + 1
        self._place[number] = len(self._order)
        self._order.append(number)
        data: Data = self.data(number) or {}
        if not mix(self.seed, 80, self._turn) % 3:  # an addition may be partial
            data = {name: data[name] for name in ("mark", "model", "title") if name in data}
        self._tell(number, "added", data)

    def _remove(self) -> None:
        number = self._any()
        at = self._place.pop(number)
        last = self._order.pop()
        if last != number:  # the last one takes its place: rows slip by
            self._order[at] = last
            self._place[last] = at
        self._gone.append(number)
        self._made.pop(number, None)
        self._tell(number, "removed", {} if self._turn % 2 else None)

    def _change(self) -> None:
        number = self._any()
        came = changed_fields(self.seed, number, self._turn)
        known = {
            name.removeprefix("new_") if name != "new_sticker" else name: value
            for name, value in came.items()
        }
        self._overrides[number] = {**self._overrides.get(number, {}), **known}
        self._tell(number, "changed", came)

    def _any(self) -> int:
        return self._order[mix(self.seed, 81, self._turn) % len(self._order)]

    def _tell(self, number: int, kind: str, data: Data | None) -> None:
        moment = datetime.now(UTC)
        self._feed.append(Entry(self.next_change, number, kind, moment, data))

    def _drift(self, upto: int) -> None:
        """Rows on both sides of the page that is looked at change places."""
        size = len(self._order)
        for _ in range(self.drift if 0 < upto < size else 0):
            self._looks += 1
            before = mix(self.seed, 82, self._looks) % upto
            after = upto + mix(self.seed, 83, self._looks) % (size - upto)
            self._swap(before, after)

    def _swap(self, left: int, right: int) -> None:
        order = self._order
        order[left], order[right] = order[right], order[left]
        self._place[order[left]], self._place[order[right]] = left, right


def as_sent(entry: Entry) -> dict[str, Any]:
    """A change in the vendor's form."""
    moment = entry.created_at
    sent: dict[str, Any] = {
        "id": entry.id,
        "inner_id": str(entry.inner_id),
        "change_type": entry.change_type,
        # Both forms were seen.
        "created_at": (
            moment.strftime("%Y-%m-%dT%H:%M:%SZ")
            if entry.id % 2
            else moment.astimezone(_MOSCOW).isoformat(timespec="milliseconds")
        ),
    }
    if entry.data is not None:
        sent["data"] = entry.data
    return sent
