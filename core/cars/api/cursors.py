"""Where a list goes on: after which listing of its order."""

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson

NOTHING_BELOW = 2_147_483_647  # stands for a missing number where the smallest come first
NOTHING_ABOVE = -1  # and where the largest do: so what has none comes last in both


@dataclass(frozen=True, slots=True)
class Order:
    """`key` is the SQL of what is sorted by; the tie is broken by inner_id in the same direction.

    An index holds (key, inner_id) of the listings on sale, so that a page is read where it lies.
    """

    column: str
    key: str
    descending: bool

    def key_of(self, value: object) -> int | datetime:
        """What `key` is for a listing with this value of the column."""
        if value is None:
            return NOTHING_ABOVE if self.descending else NOTHING_BELOW
        assert isinstance(value, int | datetime)  # noqa: S101 - the columns that are sorted by
        return value


def _number(column: str, *, descending: bool) -> Order:
    missing = NOTHING_ABOVE if descending else NOTHING_BELOW
    return Order(column, f"COALESCE({column}, {missing})", descending)


ORDERS = {
    "-updated_at": Order("updated_at", "updated_at", descending=True),
    "price": _number("price", descending=False),
    "-price": _number("price", descending=True),
    "year": _number("year", descending=False),
    "-year": _number("year", descending=True),
    "km_age": _number("km_age", descending=False),
}


@dataclass(frozen=True, slots=True)
class Cursor:
    """After the listing `inner_id`, whose key was `key`, in the order `sort`."""

    sort: str
    key: int | datetime
    inner_id: str

    def to_text(self) -> str:
        key = self.key.astimezone(UTC).isoformat() if isinstance(self.key, datetime) else self.key
        packed = orjson.dumps([self.sort, key, self.inner_id])
        return base64.urlsafe_b64encode(packed).decode().rstrip("=")

    @classmethod
    def from_text(cls, text: str) -> "Cursor":
        """What `to_text` gave; ValueError where it is something else."""
        try:
            packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
            sort, key, inner_id = orjson.loads(packed)
        except (binascii.Error, orjson.JSONDecodeError, TypeError, UnicodeError) as error:
            raise ValueError("no cursor") from error
        if not isinstance(sort, str) or sort not in ORDERS or not isinstance(inner_id, str):
            raise ValueError("no cursor")
        return cls(sort, _key(sort, key), inner_id)


def _key(sort: str, key: object) -> int | datetime:
    if ORDERS[sort].column == "updated_at":
        if not isinstance(key, str):
            raise ValueError("no cursor")
        moment = datetime.fromisoformat(key)
        if moment.tzinfo is None:
            raise ValueError("no cursor")
        return moment
    if not isinstance(key, int) or isinstance(key, bool) or not -1 <= key <= NOTHING_BELOW:
        raise ValueError("no cursor")
    return key
