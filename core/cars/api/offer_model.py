"""The shapes of the answers, for OpenAPI: what a front end's developer reads at /docs."""

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, Field, create_model

from core.cars.api.columns import IN_LISTS, SERVED, Kind, Served

_TYPES: dict[Kind, Any] = {
    Kind.TEXT: str | None,
    Kind.INTEGER: int | None,
    Kind.DECIMAL: float | None,
    Kind.FLAG: bool | None,
    Kind.DAY: date | None,
    Kind.TIME: datetime,
    Kind.JSON: Any,
}


def _fields(columns: tuple[Served, ...]) -> dict[str, Any]:
    return {
        column.name: (
            str if column.name == "inner_id" else _TYPES[column.kind],
            Field(description=column.meaning, examples=[column.example]),
        )
        for column in columns
    }


OfferInList: type[BaseModel] = create_model("OfferInList", **_fields(IN_LISTS))


class PriceSeen(BaseModel):
    """A price, and since when it was seen."""

    price: int
    seen_at: datetime


Offer: type[BaseModel] = create_model(
    "Offer",
    **_fields(SERVED),
    price_history=(list[PriceSeen], Field(description="Every price seen, the oldest first")),
)


class ListMeta(BaseModel):
    """Where the list goes on. `total` may be up to a minute old."""

    total: int
    page: int | None = Field(description="null where a cursor was given")
    limit: int
    next_page: int | None
    next_cursor: str | None = Field(description="null at the end of the list")


class OfferList(BaseModel):
    result: list[OfferInList]  # type: ignore[valid-type]
    meta: ListMeta


class Change(BaseModel):
    """A listing that changed (`offer` as it is now) or is no longer on sale (`offer` null)."""

    inner_id: str
    on_sale: bool
    offer: OfferInList | None  # type: ignore[valid-type]


class ChangesMeta(BaseModel):
    """Ask again with `since` = `next_since`; `more` says whether there is more right now."""

    next_since: str
    more: bool


class ChangeList(BaseModel):
    result: list[Change]
    meta: ChangesMeta


class Bounds(BaseModel):
    least: float
    largest: float


class Filters(BaseModel):
    """Values that occur with the number of listings on sale, the most frequent first."""

    values: dict[str, dict[str, int]]
    models: dict[str, dict[str, int]] = Field(description="Models by mark")
    bounds: dict[str, Bounds]
    is_dealer: dict[str, int]
