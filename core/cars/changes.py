"""What each change of the feed does to a listing, as one table."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from core.cars.listings import EXPECTED, FIELDS, Change, ChangeType, Data, Listing, Source
from core.cars.tables import ACTIVE, GONE

_NEW = "new_"


class Case(NamedTuple):
    """A kind of change, of a listing that is known or not."""

    change_type: ChangeType
    known: bool


@dataclass(frozen=True, slots=True)
class Effect:
    """`data` gives the listing's data from what is known, what `/offer` says and what came;
    `status` the new active_status, None where it stays; `asks` says from what is known and what
    came whether `/offer` is asked first."""

    data: Callable[[Data, Data, Data], Data]
    status: int | None
    asks: Callable[[Data, Data], bool]


def _renamed(came: Data) -> Data:
    """`new_X` is the new value of X, where X is a known field."""
    renamed = {name: value for name, value in came.items() if not _is_new(name)}
    return renamed | {name[len(_NEW) :]: came[name] for name in came if _is_new(name)}


def _is_new(name: str) -> bool:
    return name.startswith(_NEW) and name[len(_NEW) :] in FIELDS


def _never(_known: Data, _came: Data) -> bool:
    return False


def _where_fields_are_missing(known: Data, came: Data) -> bool:
    return not (known.keys() | came.keys()) >= EXPECTED


EFFECTS: dict[Case, Effect] = {
    Case(ChangeType.ADDED, known=False): Effect(
        data=lambda _known, offer, came: offer | came,
        status=ACTIVE,
        asks=_where_fields_are_missing,
    ),
    Case(ChangeType.ADDED, known=True): Effect(
        # What is known may be no more than that it was removed.
        data=lambda known, offer, came: known | offer | came,
        status=ACTIVE,
        asks=_where_fields_are_missing,
    ),
    Case(ChangeType.CHANGED, known=False): Effect(
        data=lambda _known, offer, came: offer | _renamed(came),
        status=ACTIVE,
        asks=lambda _known, _came: True,
    ),
    Case(ChangeType.CHANGED, known=True): Effect(
        data=lambda known, _offer, came: known | _renamed(came), status=None, asks=_never
    ),
    Case(ChangeType.REMOVED, known=False): Effect(
        data=lambda _known, _offer, _came: {}, status=GONE, asks=_never
    ),
    Case(ChangeType.REMOVED, known=True): Effect(
        data=lambda known, _offer, _came: known, status=GONE, asks=_never
    ),
}


def asks_for_offer(change: Change, known: Listing | None) -> bool:
    """Whether `/offer` is to be asked before the change is applied."""
    effect = EFFECTS[Case(change.change_type, known is not None)]
    return effect.asks(known.data if known else {}, change.data)


def is_news(change: Change, known: Listing | None) -> bool:
    """Whether the change was not applied yet: reading a stretch twice changes nothing."""
    return known is None or known.last_change_id is None or change.id > known.last_change_id


def applied(change: Change, known: Listing | None, offer: Data | None, now: datetime) -> Listing:
    """The listing after the change. `offer` is what `/offer` said, None where it said nothing."""
    effect = EFFECTS[Case(change.change_type, known is not None)]
    data = effect.data(known.data if known else {}, offer or {}, change.data)
    if known is None:
        known = Listing(
            inner_id=change.inner_id,
            api_id=None,
            change_type=change.change_type,
            created_at=change.created_at,
            data=data,
            first_loaded_at=now,
            last_updated_at=now,
            source=Source.DAILY_UPDATE,
            active_status=ACTIVE,
            last_change_id=None,
        )
    return replace(
        known,
        change_type=change.change_type,
        created_at=change.created_at,
        data=data,
        last_updated_at=now,
        active_status=known.active_status if effect.status is None else effect.status,
        last_change_id=change.id,
    )
