"""The endpoints."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from core.cars.api.answers import answer, as_json, as_objects, moment
from core.cars.api.columns import IN_LISTS, SERVED
from core.cars.api.counts import Counts
from core.cars.api.cursors import ORDERS, Cursor
from core.cars.api.filters import (
    CHOICES,
    DEEPEST_ROW,
    RANGES,
    OfferFilters,
    too_many_values,
)
from core.cars.api.offer_model import ChangeList, Filters, Offer, OfferList
from core.cars.api.offers_sql import Wanted, changes, offers, one_offer
from core.cars.api.query import described_parameters, read_filters
from core.cars.api.reading import Reading
from core.cars.api.remembered import Remembered
from core.cars.api.stats import age_of_update, stats
from core.cars.api.totals import Totals
from core.i18n import _
from core.web.guard import needs
from core.web.health import healthy
from core.web.parameters import reads_its_query
from core.web.problems import Problem, problem_responses
from core.web.wrong_values import WrongValue, sentence

CHANGES = 500  # an answer of /changes
SINCE = r"^[0-9]{1,18}(\.[!-~]{1,100})?$"
_UNCHANGED: dict[int | str, dict[str, Any]] = {304: {"description": "Not modified since that ETag"}}


def make_routes(reading: Reading, counts: Counts, totals: Totals) -> APIRouter:
    """The routes over one database."""
    router = APIRouter(responses=_UNCHANGED)
    secured = [needs()]
    filters_body = Remembered[bytes](counts)

    @router.get(
        "/offers",
        response_model=OfferList,
        dependencies=secured,
        openapi_extra=described_parameters(),
        tags=["listings"],
    )
    @reads_its_query
    async def list_offers(
        request: Request, filters: Annotated[OfferFilters, Depends(read_filters)]
    ) -> Response:
        """Listings on sale that the filters find. Without a filter: all of them."""
        wanted = _wanted(filters, counts)
        page, after = _place(filters)
        rows = []
        if not wanted.is_empty:
            skip = (page - 1) * filters.limit if page else 0
            order = ORDERS[filters.sort]
            rows = list(
                await reading.rows(offers(wanted, order, filters.limit + 1, after=after, skip=skip))
            )
        more = len(rows) > filters.limit
        shown = rows[: filters.limit]
        deeper = bool(page) and (page or 0) * filters.limit < DEEPEST_ROW
        meta = {
            "total": await totals.of(wanted),
            "page": page,
            "limit": filters.limit,
            "next_page": (page or 0) + 1 if more and deeper else None,
            "next_cursor": _cursor(filters.sort, shown[-1]) if more else None,
        }
        return answer(request, as_json({"result": as_objects(IN_LISTS, shown), "meta": meta}))

    @router.get(
        "/offers/{inner_id}",
        response_model=Offer,
        dependencies=secured,
        responses=problem_responses(404),
        tags=["listings"],
    )
    async def show_offer(
        request: Request, inner_id: Annotated[str, Path(max_length=100)]
    ) -> Response:
        """A listing on sale with everything that is known of it, and every price seen."""
        rows = await reading.rows(one_offer(inner_id))
        if not rows:
            raise Problem(404, _("There is no listing {id} on sale.").format(id=inner_id))
        [found] = as_objects(SERVED, [list(rows[0])[:-2]])
        found["price_history"] = [
            {"price": price, "seen_at": moment(seen_at)}
            for *_listing, price, seen_at in rows
            if seen_at is not None
        ]
        return answer(request, as_json(found))

    @router.get("/filters", response_model=Filters, dependencies=secured, tags=["listings"])
    async def list_filters(request: Request) -> Response:
        """The values that occur, for the lists of a search form; at most ten seconds old."""
        return answer(request, filters_body.get("", lambda: as_json(_filters(counts))))

    @router.get("/changes", response_model=ChangeList, dependencies=secured, tags=["copies"])
    async def list_changes(
        request: Request, since: Annotated[str, Query(pattern=SINCE)] = "0"
    ) -> Response:
        """What changed or went since an answer before, for whoever keeps a copy: begin with 0,
        then give `meta.next_since` of the last answer. A listing may come twice,
        none is left out."""
        version, inner_id = _since(since)
        rows = await reading.rows(changes(version, inner_id, CHANGES + 1))
        shown = rows[:CHANGES]
        objects = as_objects(IN_LISTS, [row[2:] for row in shown])
        result = [
            {"inner_id": one["inner_id"], "on_sale": on_sale, "offer": one if on_sale else None}
            for one, on_sale in zip(objects, (row[1] == 0 for row in shown), strict=True)
        ]
        at = f"{shown[-1][0]}.{objects[-1]['inner_id']}" if shown else since
        meta = {"next_since": at, "more": len(rows) > CHANGES}
        return answer(request, as_json({"result": result, "meta": meta}))

    @router.get("/stats", dependencies=secured, tags=["the program"])
    async def show_stats(request: Request) -> Response:
        """Listings on sale and gone, the last update, operations of the last 30 days."""
        return answer(request, as_json(await stats(reading, counts)))

    @router.get("/health", responses=problem_responses(503), tags=["the program"])
    async def health() -> dict[str, Any]:
        """Whether the program and its database answer. Needs no token and tells no data."""
        age = await age_of_update(reading)
        return healthy({"update_age_seconds": None if age is None else round(age)})

    return router


def _wanted(filters: OfferFilters, counts: Counts) -> Wanted:
    try:
        folded = filters.choices()
    except ValueError as error:
        raise _wrong(str(error), getattr(filters, str(error)), too_many_values()) from None
    return Wanted(
        choices={column: counts.values_of(column, texts) for column, texts in folded.items()},
        ranges=filters.ranges(),
        is_dealer=filters.is_dealer,
        since=filters.since,
        words=filters.words(),
    )


def _place(filters: OfferFilters) -> tuple[int | None, Cursor | None]:
    """The page, or the listing after which to go on."""
    if filters.cursor is None:
        page = filters.page or 1
        if (page - 1) * filters.limit >= DEEPEST_ROW:
            allowed = _("a page within the first {rows} listings; go on with a cursor").format(
                rows=DEEPEST_ROW
            )
            raise _wrong("page", str(page), allowed)
        return page, None
    if filters.page is not None:
        raise _wrong("cursor", filters.cursor, _("a page or a cursor, not both"))
    try:
        cursor = Cursor.from_text(filters.cursor)
    except ValueError:
        raise _wrong("cursor", filters.cursor, _("what meta.next_cursor gave")) from None
    if cursor.sort != filters.sort:
        allowed = _("a cursor of the same sort, {sort}").format(sort=cursor.sort)
        raise _wrong("cursor", filters.cursor, allowed)
    return None, cursor


def _cursor(sort: str, row: Any) -> str:
    [last] = as_objects(IN_LISTS, [row])
    order = ORDERS[sort]
    return Cursor(sort, order.key_of(last[order.column]), last["inner_id"]).to_text()


def _since(text: str) -> tuple[int, str]:
    number, _dot, inner_id = text.partition(".")
    return int(number), inner_id


def _wrong(name: str, given: str, allowed: str) -> Problem:
    wrong = WrongValue(name, "query", f"'{given[:80]}'", allowed)
    return Problem(422, sentence(wrong), errors=[wrong.as_json()])


def _filters(counts: Counts) -> dict[str, Any]:
    bounds = {column: counts.bounds(column) for column in RANGES}
    return {
        "values": {column: counts.occurring(column) for column in CHOICES if column != "model"},
        "models": counts.models(),
        "bounds": {
            column: {"least": found[0], "largest": found[1]}
            for column, found in bounds.items()
            if found
        },
        "is_dealer": counts.dealers(),
    }
