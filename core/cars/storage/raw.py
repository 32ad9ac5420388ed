"""Pages of a load and stretches of the feed, stored with the place where reading goes on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from core.cars import changes
from core.cars.listings import Change, Data, Listing, Offer, Source
from core.cars.normal.rules import price_of
from core.cars.storage.bulk import insert, insert_unknown, upsert
from core.cars.storage.state import write_state
from core.cars.tables import ACTIVE, price_history, raw_data
from core.database.sql.column_types import file_time

_INSERTED = (
    "inner_id",
    "api_id",
    "change_type",
    "created_at",
    "data",
    "first_loaded_at",
    "last_updated_at",
    "source",
    "active_status",
    "is_processed",
    "last_change_id",
)
_UPDATED = (
    "change_type",
    "created_at",
    "data",
    "last_updated_at",
    "active_status",
    "is_processed",
    "last_change_id",
)
_PRICES = ("inner_id", "price", "seen_at")


@dataclass(slots=True)
class Counts:
    """What was done, for progress and for operations_log."""

    new: int = 0
    repeated: int = 0
    added: int = 0
    changed: int = 0
    removed: int = 0
    skipped: int = 0  # changes that were applied before
    offers_asked: int = 0
    offers_missing: int = 0  # asked for and not had
    unreadable: int = 0


def store_offers(
    connection: Connection, offers: Sequence[Offer], now: datetime, next_page: int | None
) -> Counts:
    """A page of a load: what is not known yet is inserted, what is known stays as it is.

    `next_page` is where the load goes on; None after its last page.
    """
    listings = {offer.inner_id: _loaded(offer, now) for offer in offers}
    new = insert_unknown(connection, raw_data, _INSERTED, [_row(one) for one in listings.values()])
    _store_prices(connection, ((None, one) for name, one in listings.items() if name in new))
    write_state(connection, now, next_page=next_page)
    return Counts(new=len(new), repeated=len(listings) - len(new))


def _loaded(offer: Offer, now: datetime) -> Listing:
    return Listing(
        inner_id=offer.inner_id,
        api_id=offer.api_id,
        change_type=offer.change_type,
        created_at=offer.created_at,
        data=offer.data,
        first_loaded_at=now,
        last_updated_at=now,
        source=Source.INITIAL_LOAD,
        active_status=ACTIVE,
        last_change_id=None,
    )


def known_listings(connection: Connection, ids: Iterable[str]) -> dict[str, Listing]:
    """What is stored of these listings."""
    c = raw_data.c
    columns = (c[name] for name in Listing.__slots__)
    rows = connection.execute(select(*columns).where(c.inner_id.in_(list(ids))))
    return {row.inner_id: Listing(*row) for row in rows}


@dataclass(frozen=True, slots=True)
class Stretch:
    """What was read of the feed in one request. `offers` are what `/offer` said of listings
    that were not known; `end_day` is the day on which the end of the feed was reached."""

    changes: Sequence[Change]
    next_id: int
    offers: Mapping[str, Data] = field(default_factory=dict)
    end_day: date | None = None


def store_stretch(connection: Connection, stretch: Stretch, now: datetime) -> Counts:
    """Apply changes in their order and remember where the feed goes on."""
    counts = Counts()
    before = known_listings(connection, {change.inner_id for change in stretch.changes})
    after = dict(before)
    prices: list[tuple[Listing | None, Listing]] = []
    for change in stretch.changes:
        known = after.get(change.inner_id)
        if not changes.is_news(change, known):
            counts.skipped += 1
            continue
        listing = changes.applied(change, known, stretch.offers.get(change.inner_id), now)
        after[change.inner_id] = listing
        prices.append((known, listing))
        setattr(counts, change.change_type, getattr(counts, change.change_type) + 1)
    touched = [after[name] for name in after if after[name] is not before.get(name)]
    upsert(connection, raw_data, _INSERTED, [_row(one) for one in touched], update=_UPDATED)
    _store_prices(connection, prices)
    values: dict[str, Any] = {"last_change_id": stretch.next_id}
    if stretch.end_day is not None:
        values["last_successful_date"] = stretch.end_day
    write_state(connection, now, **values)
    return counts


def store_listing(connection: Connection, known: Listing | None, listing: Listing) -> None:
    """One listing that was asked for apart from pages and feed."""
    upsert(connection, raw_data, _INSERTED, [_row(listing)], update=_UPDATED)
    _store_prices(connection, [(known, listing)])


def _store_prices(connection: Connection, steps: Iterable[tuple[Listing | None, Listing]]) -> None:
    rows = []
    for known, listing in steps:
        price = price_of(listing.data)
        if price is not None and (known is None or price != price_of(known.data)):
            rows.append(
                {
                    "inner_id": listing.inner_id,
                    "price": price,
                    "seen_at": _text(listing.last_updated_at),
                }
            )
    insert(connection, price_history, _PRICES, rows)


def _row(listing: Listing) -> dict[str, Any]:
    return {
        "inner_id": listing.inner_id,
        "api_id": listing.api_id,
        "change_type": listing.change_type,
        "created_at": _text(listing.created_at),
        "data": listing.data,
        "first_loaded_at": _text(listing.first_loaded_at),
        "last_updated_at": _text(listing.last_updated_at),
        "source": listing.source,
        "active_status": listing.active_status,
        "is_processed": False,
        "last_change_id": listing.last_change_id,
    }


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else file_time(moment)
