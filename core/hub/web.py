"""`/health` and `/metrics` of the hub."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from prometheus_client import CollectorRegistry
from starlette.responses import Response

from core.i18n import _
from core.stop import StopSignal
from core.web.address import Address
from core.web.app import WebApp
from core.web.guard import Guard
from core.web.health import healthy, unhealthy
from core.web.metrics import exposition
from core.web.rate import Rate
from core.web.server import HttpServer
from core.web.tokens import StoredToken, TokenRegister

REQUESTS_PER_MINUTE = 600


@dataclass(frozen=True, slots=True)
class Condition:
    """How the hub is: whether Telegram is reached, which services answer, tasks that go on.

    `ended` says why the hub no longer works, where it does not.
    """

    telegram: bool
    services: dict[str, bool]
    tasks: int
    ended: str = ""


def web_server(
    address: Address,
    stop: StopSignal,
    registry: CollectorRegistry,
    condition: Callable[[], Condition],
) -> HttpServer:
    """To be started by whoever made it; it ends with `stop`. Raises nothing."""
    # Both paths are open: an administrator's watch reads them, and they tell of nobody.
    guard = Guard(
        TokenRegister(_NoTokens()),
        Rate(REQUESTS_PER_MINUTE),
        address,
        always=frozenset({"/health", "/metrics"}),
    )
    app = WebApp(guard=guard, title="Hub", description="One Telegram panel for every collector.")

    @app.get("/health")
    async def health() -> dict[str, Any]:
        now = condition()
        facts: dict[str, Any] = {
            "telegram": now.telegram,
            "services": now.services,
            "tasks": now.tasks,
        }
        if now.ended:
            raise unhealthy(now.ended, facts)
        if not now.telegram:
            raise unhealthy(_("Telegram cannot be reached."), facts)
        return healthy(facts)

    @app.get("/metrics")
    async def metrics() -> Response:
        return await exposition(registry)

    return HttpServer(app, address, stop, "HUB_HOST, HUB_PORT")


class _NoTokens:
    """Nobody has one: what is not open is closed."""

    async def find(self, _digest: str) -> StoredToken | None:
        return None

    async def note_use(self, _token: StoredToken, _now: datetime) -> None:
        return None
