"""The cars' API as a process for benchmarks: python -m benchmarks.cars_server URL [CONSTANT]

With CONSTANT, a file, the same frame (guard, limits, log, server) answers only that, without any
database but for tokens: what the frame costs. Prints its address; ends with its standard input.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from core.cars.api.answers import answer
from core.cars.api.application import ApiSettings, make_app
from core.database.sql.place import parse_place
from core.stop import StopSignal
from core.turns import keep_what_is_there, share_the_processor
from core.web.address import Address
from core.web.app import WebApp
from core.web.guard import needs
from core.web.server import HttpServer

RATE = 10_000_000


def _with_constant(app: WebApp, body: bytes) -> WebApp:
    @app.get("/constant", dependencies=[needs()])
    async def constant(request: Request) -> Response:
        return answer(request, body)

    return app


def main(words: Sequence[str]) -> None:
    address = Address("127.0.0.1", 0)
    app = make_app(parse_place(words[0], "CARS_DATABASE_URL"), ApiSettings(address, RATE))
    if len(words) > 1:
        app = _with_constant(app, Path(words[1]).read_bytes())
    server = HttpServer(app, address, StopSignal(), "benchmark")
    share_the_processor()
    server.start()
    keep_what_is_there()
    print(server.address.url, flush=True)
    sys.stdin.read()
    server.stop()


if __name__ == "__main__":
    main(sys.argv[1:])
