"""Puts the parts together: settings, database, vendor and, for the demo, the built-in one."""

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace

from core.asking.auto_pace import AutoPace
from core.asking.limiter import FixedPace, Limiter, Pace
from core.asking.requester import Requester
from core.asking.transport import Transport
from core.cars.asker import Asker, LongRetries
from core.cars.database import place_of
from core.cars.jobs.job import Fetching, Surroundings
from core.cars.jobs.vendor_file import FileSource
from core.cars.listener import Listener
from core.cars.settings import MOST_REQUESTS_PER_SECOND, CarSettings, load_settings
from core.cars.storage.store import Store
from core.cars.vendor.client import Vendor
from core.clock import Clock, SystemClock
from core.logs.setup import setup_logging
from core.settings.secret import Secret
from core.stop import StopSignal


@dataclass(frozen=True, slots=True)
class Program:
    """What a command works with."""

    settings: CarSettings
    stop: StopSignal
    clock: Clock

    @contextmanager
    def surroundings(self, listener: Listener) -> Iterator[Surroundings]:
        """With the database, held alone. Raises a UserError."""
        store = Store(place_of(self.settings), self.clock, self.stop, listener.database_away)
        with store:
            yield Surroundings(store, listener, self.clock, self.stop)

    @contextmanager
    def fetching(self, listener: Listener) -> Iterator[Fetching]:
        """With the database and the vendor. Raises a UserError."""
        with ExitStack() as stack:
            asker = stack.enter_context(self.asker(listener))
            with self.surroundings(listener) as job:
                yield Fetching(job.store, listener, self.clock, self.stop, asker)

    @contextmanager
    def asker(self, listener: Listener) -> Iterator[Asker]:
        """With the vendor alone. Raises a UserError."""
        settings = self.settings
        key = settings.required_key()
        transport = Transport(
            settings.api_address(),
            timeout=settings.request_timeout,
            connections=1,
            setting="CHE168_API_URL",
        )
        self.stop.on_abandon(transport.break_off)
        limiter = Limiter(self._pace(listener), self.clock, self.stop)
        self.stop.on_request(limiter.wake)
        requester: Requester[str] = Requester(
            limiter,
            self.clock,
            self.stop,
            listener,
            max_retries=settings.max_retries,
            outage_limit=settings.outage_limit,
        )
        retries = LongRetries(settings.retry_times, settings.retry_minutes * 60)
        try:
            yield Asker(Vendor(transport, key), requester, retries, self.clock, self.stop, listener)
        finally:
            transport.close()

    def files(self) -> FileSource | None:
        """The vendor's daily files, None where they cannot be had."""
        address = self.settings.files_address()
        if address is None:
            return None
        transport = Transport(
            address,
            timeout=max(self.settings.request_timeout, 600.0),  # for a file of many megabytes
            connections=1,
            setting="CHE168_FILES_URL",
        )
        return FileSource(transport, self.settings.files_user, self.settings.files_password)

    def _pace(self, listener: Listener) -> Pace:
        delay = self.settings.delay
        if delay is not None:
            return FixedPace(delay)
        return AutoPace(MOST_REQUESTS_PER_SECOND, self.clock, lambda _delay, _why: None)


@contextmanager
def open_program(
    *, demo: bool = False, environ: Mapping[str, str] = os.environ
) -> Iterator[Program]:
    """The program with its present settings; with `demo` on made-up data. Raises SettingsError."""
    settings = load_settings(demo=demo, environ=environ)
    setup_logging(settings)
    stop, clock = StopSignal(), SystemClock()
    if not demo:
        yield Program(settings, stop, clock)
        return
    from core.cars.stand_in.demo import demo_vendor

    with demo_vendor(settings.places.base) as server:
        made_up = replace(
            settings,
            api_key=Secret(server.key),
            api_url=server.url,
            files_url=server.files_url,
            files_user=server.user,
            files_password=Secret(server.password),
        )
        yield Program(made_up, stop, clock)
