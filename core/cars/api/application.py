"""Puts the API together: database, counting, tokens, routes."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from fastapi import FastAPI
from sqlalchemy import Engine
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware

from core.cars.api.counts import Counts
from core.cars.api.reading import open_reading
from core.cars.api.routes import make_routes
from core.cars.api.tokens import StoredTokens
from core.cars.api.totals import Totals
from core.database.sql.engine import open_engine
from core.database.sql.place import Place
from core.web.address import Address
from core.web.app import WebApp
from core.web.guard import DOCS, Guard
from core.web.rate import Rate
from core.web.tokens import TokenRegister

TOKENS_BELIEVED = 1.0  # seconds: so long a revoked one may still be answered
_SMALLEST_ZIPPED = 1000  # bytes
_ZIP_LEVEL = 4  # a third of the time of the usual 9, and nearly as small

TITLE = "Cars of CHE168"
DESCRIPTION = """\
Used cars on sale at CHE168, cleaned and typed. Prices in CNY, mileage in km; codes of colours,
bodies and so on are the same whatever brand of the vendor they came from; `/filters` lists all that
occur.

Send your token in `Authorization: Bearer …` or in `X-API-Key`. Answers carry an `ETag`: send it
back in `If-None-Match` and what did not change costs nothing. Errors are
`application/problem+json`, with a sentence in `detail`.
"""


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """`rate` is requests a minute a token; `origins` are sites whose pages may ask."""

    address: Address
    rate: int
    origins: Sequence[str] = ()


def make_app(place: Place, settings: ApiSettings) -> WebApp:
    """The application over the database at `place`, which is opened when it is served."""
    reading = open_reading(place)
    writing: Engine = open_engine(place, pool_size=1)
    counts = Counts(reading)
    store = StoredTokens(reading, writing)
    guard = Guard(
        register=TokenRegister(store, TOKENS_BELIEVED),
        rate=Rate(settings.rate),
        address=settings.address,
        always=frozenset({"/health"}) | DOCS,
    )

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        following = asyncio.create_task(counts.follow())
        try:
            yield
        finally:
            following.cancel()
            with suppress(asyncio.CancelledError):
                await following
            await reading.close()
            await asyncio.to_thread(writing.dispose)

    cors = Middleware(
        CORSMiddleware,
        allow_origins=list(settings.origins),
        allow_methods=["GET"],
        allow_headers=["Authorization", "X-API-Key", "If-None-Match"],
        expose_headers=["ETag", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"],
        max_age=600,
    )
    zipped = Middleware(GZipMiddleware, minimum_size=_SMALLEST_ZIPPED, compresslevel=_ZIP_LEVEL)
    app = WebApp(
        guard=guard,
        title=TITLE,
        description=DESCRIPTION,
        outer=(cors,) if settings.origins else (),
        inner=(zipped,),
        lifespan=lifespan,
    )
    app.include_router(make_routes(reading, counts, Totals(reading, counts)))
    return app
