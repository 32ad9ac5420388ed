"""A listing as the vendor tells of it and as we keep it; no database, no HTTP."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import orjson

Data = dict[str, Any]

FIELDS = frozenset(
    {
        *("inner_id", "url", "mark", "model", "title", "year", "first_registration", "color"),
        *("price", "km_age", "engine_type", "transmission_type", "body_type", "drive_type"),
        *("address", "city", "seller_type", "is_dealer", "section", "salon_id", "description"),
        *("displacement", "power", "vin", "offer_created", "images", "configuration", "extra"),
    }
)
# A listing that comes without one of these is worth asking for.
EXPECTED = frozenset({"url", "mark", "model", "year", "price", "km_age"})

_PERSONAL = "inspection"  # may hold a seller's phone


class ChangeType(StrEnum):
    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


class Source(StrEnum):
    INITIAL_LOAD = "initial_load"
    DAILY_UPDATE = "daily_update"


@dataclass(frozen=True, slots=True)
class Offer:
    """One listing of `/offers`. `data` is without personal data already."""

    inner_id: str
    api_id: int | None
    change_type: str
    created_at: datetime | None
    data: Data


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the feed. `id` is its place there; `data` is without personal data."""

    id: int
    inner_id: str
    change_type: ChangeType
    created_at: datetime | None
    data: Data


@dataclass(frozen=True, slots=True)
class Listing:
    """A row of `raw_data` without what the database gives it."""

    inner_id: str
    api_id: int | None
    change_type: str
    created_at: datetime | None
    data: Data
    first_loaded_at: datetime
    last_updated_at: datetime
    source: Source
    active_status: int
    last_change_id: int | None


def without_personal_data(data: Data) -> Data:
    """`data` without what may hold a seller's phone, in whatever form `extra` came."""
    if not any(name in data for name in (_PERSONAL, "extra", "new_extra", "new_inspection")):
        return data
    cleaned = {
        name: value for name, value in data.items() if name not in (_PERSONAL, f"new_{_PERSONAL}")
    }
    for name in ("extra", "new_extra"):
        if name in cleaned:
            cleaned[name] = _cleaned_extra(cleaned[name])
    return cleaned


def _cleaned_extra(extra: Any) -> Any:
    if isinstance(extra, list):
        return [_cleaned_extra(one) for one in extra]
    if isinstance(extra, dict):
        return {name: value for name, value in extra.items() if name != _PERSONAL}
    if not isinstance(extra, str) or _PERSONAL not in extra:
        return extra
    try:
        return orjson.dumps(_cleaned_extra(orjson.loads(extra))).decode()
    except ValueError:
        return None  # text that cannot be read may hold anything
