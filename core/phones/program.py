"""Puts the parts together: settings, log, collector and, for the demo, the built-in API."""

import logging
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from os import environ as process_environ
from pathlib import Path
from typing import TYPE_CHECKING

from core.database.failures import StorageFailure
from core.phones.after_run.watcher import AfterRun, Where
from core.phones.collector import Collector, CollectorSetup
from core.phones.engine.session import MOST_WORKERS, EngineSettings
from core.phones.event_log import EventLog
from core.phones.events import Mode
from core.phones.numbers.outcome import Accept
from core.phones.schedule import DailyRun, DailySchedule
from core.phones.service_switch import ServiceSwitch, Surroundings
from core.phones.settings.load import load_settings
from core.phones.settings.model import Settings
from core.phones.storage.queries.runs import count_completed
from core.phones.storage.reader import Reader
from core.phones.storage.traces import clear_leftovers
from core.phones.telegram.switch import TelegramSwitch
from core.phones.upstream import UpstreamSource
from core.stop import StopSignal

if TYPE_CHECKING:
    from core.phones.datamaster.demo.server import DemoServer

log = logging.getLogger(__name__)

DEMO_VARIABLE = "DATAMASTER_DEMO"
DEMO_SIZE = "--clients 60 --projects 400 --records 60000 --grow-records 3000 --latency-ms 5-30"


@dataclass(slots=True)
class Program:
    """The running program. Close it when done; any thread may read it."""

    settings: Settings
    collector: Collector
    demo: "DemoServer | None" = field(default=None, repr=False)
    telegram: TelegramSwitch = field(init=False, repr=False)
    service: ServiceSwitch = field(init=False, repr=False)
    after_run: AfterRun = field(init=False, repr=False)
    daily: DailySchedule | None = field(default=None, init=False, repr=False)
    _attending: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self.telegram = TelegramSwitch(self.collector, self._next_daily)
        self.service = ServiceSwitch(self.collector, self._around_service)
        self.after_run = AfterRun(self.collector, self._where, self.telegram.send_file)
        if self.settings.log_format == "json":
            self.collector.watch(EventLog())

    def attend(self, *, daily_mode: Callable[[], Mode] | None = None) -> None:
        """Begin with Telegram, with the rules after runs, and with the daily run if a mode is
        given, where they are set.

        Whoever only wants to look something up does not call it. `daily_mode` is asked, from
        another thread, each time that such a run begins. Raises SettingsError where
        Telegram is switched on, but half set.
        """
        self._attending = True
        self.after_run.attend()
        if daily_mode is not None:
            run = DailyRun(self.collector, lambda: self.settings.database_path, daily_mode)
            self.daily = DailySchedule(run)
            self.daily.set(self.settings.daily_at)
        self.telegram.apply(self.settings)

    def use(self, settings: Settings) -> None:
        """Work with changed settings from the next run on.

        Raises SettingsError where Telegram is switched on, but half set; all else is in use.
        """
        self.settings = settings
        self._configure()
        if self.daily is not None:
            self.daily.set(settings.daily_at)
        if self._attending:
            self.telegram.apply(settings)

    def serve_http(self) -> None:
        """Begin to answer over HTTP, or end it, as the present settings say.

        Takes a second. Raises SettingsError where packages are missing, and
        core.web.server.AddressUnusable.
        """
        try:
            self.service.apply(self.settings)
        finally:
            self._configure()

    def _configure(self) -> None:
        setup = collector_setup(self.settings, self.demo)
        self.collector.configure(self.service.measured(setup))

    def _around_service(self, stop: StopSignal) -> Surroundings:
        return Surroundings(
            collector=self.collector,
            database=lambda: self.settings.database_path,
            engine=lambda: engine_settings(self.settings),
            need_token=lambda: self.demo or self.settings.required_token(),
            stop=stop,
        )

    def _where(self) -> Where:
        return Where(self.settings.database_path, self.settings.export_dir)

    def _next_daily(self) -> datetime | None:
        return self.daily.next_at if self.daily is not None else None

    def close(self) -> None:
        """Stop the run and the reports after it, wait for their end, let Telegram and those who
        listen hear of it, stop the built-in API."""
        if self.daily is not None:
            self.daily.close()
        self.collector.stop()
        self.collector.wait()
        self.after_run.close()
        self.service.stop()
        self.telegram.stop()
        if self.demo is not None:
            self.demo.stop()


def open_program(*, demo: bool = False, environ: Mapping[str, str] = process_environ) -> Program:
    """The program with its present settings; with `demo` on made-up data.

    Raises SettingsError. A missing token is no error yet: the first run asks for it.
    """
    if not demo:
        settings = load_settings(environ=environ)
        clear_leftovers(settings.database_path, settings.export_dir)
        return Program(settings, Collector(collector_setup(settings)))
    settings = load_settings(demo=True, environ=environ)
    clear_leftovers(settings.database_path, settings.export_dir)
    server = demo_server(settings.database_path, environ.get(DEMO_VARIABLE, DEMO_SIZE))
    server.start()
    return Program(settings, Collector(collector_setup(settings, server)), server)


def engine_settings(settings: Settings) -> EngineSettings:
    """What the engine needs of `settings`."""
    return EngineSettings(
        workers=settings.workers,
        delay=settings.rate_limit_delay,
        max_per_second=settings.max_requests_per_second,
        max_retries=settings.max_retries,
        outage_limit=settings.outage_limit,
        accept=Accept(settings.phone_accept),
        quick_full_every=settings.quick_full_every,
        smart_max_days=settings.smart_max_days,
    )


def collector_setup(settings: Settings, demo: "DemoServer | None" = None) -> CollectorSetup:
    """What the collector needs of `settings`."""

    def open_source() -> UpstreamSource:
        # requests and the TLS library are loaded with the first run, not at the start.
        from core.phones.datamaster.api import DataMasterSource

        url = demo.url if demo else settings.api_url
        token = demo.token if demo else settings.required_token().reveal()
        connections = MOST_WORKERS if settings.rate_limit_delay is None else settings.workers
        return DataMasterSource(url, token, settings.request_timeout, connections)

    return CollectorSetup(
        database=settings.database_path,
        engine=engine_settings(settings),
        open_source=open_source,
        backups_kept=0 if demo else settings.backup_keep,
    )


def demo_server(database: Path, options: str) -> "DemoServer":
    """The built-in API with data that grew once for each run completed in `database`."""
    from core.phones.datamaster.demo.options import dataset_from, faults_from, parser
    from core.phones.datamaster.demo.server import DemoServer

    chosen = parser().parse_args(shlex.split(options))
    chosen.generation += _completed_runs(database)
    dataset = dataset_from(chosen)
    return DemoServer(
        dataset, page_size=chosen.page_size, faults=faults_from(chosen, dataset), port=chosen.port
    )


def _completed_runs(database: Path) -> int:
    try:
        with Reader(database) as reader:
            return count_completed(reader)
    except StorageFailure:
        return 0
