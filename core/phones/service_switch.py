"""The service over HTTP on or off, as the settings say; they may change while the program runs.

The service itself, `core.phones.service`, is for servers: the packed program is without it, and
nothing here may import it before it is switched on.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import SettingsError
from core.i18n import _
from core.phones.collector import Collector, CollectorSetup
from core.phones.engine.session import EngineSettings
from core.phones.events import Event
from core.phones.settings.model import Settings
from core.stop import StopSignal

if TYPE_CHECKING:
    from core.phones.service.service import Service
    from core.web.address import Address

SETTING = "SERVICE_HTTP"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """`database`, `engine` and `need_token` are asked each time: the settings may change.

    `need_token` raises SettingsError where no run could begin, because there is no token of the
    server that is collected from. `stop` ends everything that the service does.
    """

    collector: Collector
    database: Callable[[], Path]
    engine: Callable[[], EngineSettings]
    need_token: Callable[[], object]
    stop: StopSignal


class ServiceSwitch:
    """The one service of the process, or none. Any thread may call any method.

    What it stands on takes half a second to load and needs requirements-server.txt, so it is
    loaded when the service is first switched on.
    """

    def __init__(self, collector: Collector, around: Callable[[StopSignal], Surroundings]) -> None:
        """`around` makes what a service needs of the program; `stop` ends that service."""
        self._collector = collector
        self._around = around
        self._service: Service | None = None
        self._running: tuple[str, int] | None = None
        self._changing = threading.Lock()
        collector.watch(self._watch)

    @property
    def address(self) -> "Address | None":
        """Where it answers; None where it does not."""
        service = self._service
        return service.address if service is not None else None

    def apply(self, settings: Settings) -> None:
        """Switch on, off, or over to another address. Takes a second, so not for the Tk thread.

        Raises SettingsError where packages are missing, and AddressUnusable; then it is off.
        """
        with self._changing:
            if settings.service_http == self._running:
                return
            self._end()
            if settings.service_http is not None:
                service = self._made(*settings.service_http)
                service.start()
                self._service, self._running = service, settings.service_http

    def measured(self, setup: CollectorSetup) -> CollectorSetup:
        """`setup`, with its requests counted for the metrics while the service is on."""
        service = self._service
        if service is None:
            return setup
        return replace(setup, open_source=lambda: service.asked.measured(setup.open_source()))

    def stop(self) -> None:
        """End it; within three seconds."""
        with self._changing:
            self._end()

    def _watch(self, event: Event) -> None:
        service = self._service
        if service is not None:
            service.watch(event)

    def _end(self) -> None:
        service, self._service, self._running = self._service, None, None
        if service is not None:
            service.stop()

    def _made(self, host: str, port: int) -> "Service":
        try:
            from core.phones.service.service import Service
            from core.web.address import Address
        except ModuleNotFoundError as error:
            what = _("{setting} is set, but the packages of the HTTP service are missing.")
            remedy = _("Install them: python dev.py setup --server. Or leave {setting} empty.")
            raise SettingsError(
                what.format(setting=SETTING), remedy.format(setting=SETTING)
            ) from error
        return Service(self._around(StopSignal()), Address(host, port), SETTING)
