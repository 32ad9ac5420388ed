"""The service of this process. Importing this file takes half a second; only who serves does."""

import logging

from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector
from starlette.requests import Request
from starlette.responses import Response

from core.database.failures import StorageFailure
from core.phones.events import Event, Watcher
from core.phones.service.asked import Asked
from core.phones.service.events import EventHub
from core.phones.service.looking import add_looking
from core.phones.service.metrics import PhonesMetrics, add_metrics
from core.phones.service.reports import add_reports
from core.phones.service.standing import Standing
from core.phones.service.steering import add_steering
from core.phones.service.token_store import DatabaseTokens
from core.phones.service_switch import Surroundings
from core.phones.storage.explain import explain
from core.web.address import Address
from core.web.app import WebApp
from core.web.guard import DOCS, Guard
from core.web.problems import away, problem_response
from core.web.rate import Rate
from core.web.server import HttpServer
from core.web.tokens import TokenRegister

log = logging.getLogger(__name__)

PER_MINUTE = 600  # requests of a token

DESCRIPTION = (
    "Watches and steers the phone collector. Tokens: `app.py tokens create`; their scopes are "
    "`read`, `control` (start and stop) and `numbers` (reports)."
)


class Service:
    """Answers from `start` to `stop`. `asked` counts the requests of runs, see `Asked.measured`."""

    def __init__(self, around: Surroundings, address: Address, setting: str) -> None:
        self._around = around
        registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        self.asked = Asked(registry)
        standing = Standing()
        registry.register(PhonesMetrics(around, standing))
        self._hub = hub = EventHub(around.collector, around.stop)
        self._watchers: tuple[Watcher, ...] = (standing, hub.put)
        app = _make_app(around, address)
        add_looking(app, around, hub)
        add_steering(app, around, hub, standing)
        add_reports(app, around)
        add_metrics(app, registry)
        self._server = HttpServer(app, address, around.stop, setting)

    def start(self) -> None:
        """Raises core.web.server.AddressUnusable."""
        self._server.start()

    def watch(self, event: Event) -> None:
        """Take an event of the collector; returns at once."""
        for watcher in self._watchers:
            watcher(event)

    @property
    def address(self) -> Address:
        return self._server.address

    def stop(self) -> None:
        """Ends everything; within three seconds."""
        self._server.stop()


def _make_app(around: Surroundings, address: Address) -> WebApp:
    guard = Guard(
        TokenRegister(DatabaseTokens(around.database)),
        Rate(PER_MINUTE),
        address,
        nearby=DOCS | {"/metrics"},
    )
    app = WebApp(guard=guard, title="Phone collector", description=DESCRIPTION)

    async def of_storage(_request: Request, failure: Exception) -> Response:
        assert isinstance(failure, StorageFailure)  # noqa: S101 - as it is registered
        return problem_response(away(explain(failure)))

    app.add_exception_handler(StorageFailure, of_storage)
    return app
