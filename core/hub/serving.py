"""Runs a hub in the main thread, with its HTTP server, until somebody stops it."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

from core.cli.signals import stopped_by_signals
from core.database.errors import DatabaseBusy
from core.database.lock import CollectionLock, DatabaseHeld
from core.errors import SettingsError
from core.hub.program import Hub, HubSetup
from core.hub.web import web_server
from core.stop import StopSignal
from core.telegram.trouble import TelegramTrouble
from core.telegram.trouble_words import say_trouble
from core.web.address import Address

log = logging.getLogger(__name__)


def serve(setup: HubSetup, address: Address, answering: Callable[[str], None]) -> None:
    """Work until Ctrl+C or SIGTERM; for the main thread. `answering` hears the HTTP address.

    Raises DatabaseBusy where another hub has the database, SettingsError, StorageFailure, and
    core.web.server.AddressUnusable.
    """
    stop = StopSignal()
    lock = CollectionLock(setup.database)
    try:
        lock.acquire(datetime.now(UTC))
    except DatabaseHeld as held:
        holder = f"process {held.holder.pid}" if held.holder else ""
        raise DatabaseBusy(setup.database, holder) from None
    try:
        with (
            stopped_by_signals(stop.request),
            asyncio.Runner(loop_factory=_faster_loop()) as runner,
        ):
            runner.run(run_until(setup, stop, address, answering))
    finally:
        stop.request()
        lock.release()
    log.info("stopped")


def _faster_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop's, where there is one: small requests cost less in it."""
    try:
        import uvloop
    except ImportError:  # Windows
        return None
    return uvloop.new_event_loop


async def run_until(
    setup: HubSetup,
    stop: StopSignal,
    address: Address,
    answering: Callable[[str], None],
) -> None:
    """Run a hub in this loop until `stop`; any thread may ask for it."""
    loop, stopped = asyncio.get_running_loop(), asyncio.Event()

    def wake() -> None:
        with suppress(RuntimeError):  # the loop has ended by itself
            loop.call_soon_threadsafe(stopped.set)

    try:
        hub = Hub(setup)
    except TelegramTrouble as trouble:
        raise SettingsError(say_trouble(trouble)) from None
    server = web_server(address, stop, hub.measures.registry, hub.condition)
    try:
        await asyncio.to_thread(server.start)
        answering(server.address.url)
        stop.on_request(wake)
        await hub.run(stopped)
    finally:
        await hub.close()
        await asyncio.to_thread(server.stop)
