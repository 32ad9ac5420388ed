"""The collector of this process: what a window, a terminal or Telegram may ask for.

    collector = Collector(configuration)
    collector.watch(watcher)
    collector.start(RunRequest(mode=Mode.FULL))
    ...
    collector.stop()

All methods may be called from any thread and return at once, except `wait`.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.clock import Clock, SystemClock
from core.database.diskspace import Room, room_for
from core.database.failures import StorageFailure
from core.database.lock import CollectionLock
from core.phones.engine.finish import is_foreseen, reason_of
from core.phones.engine.opening import RunSetup
from core.phones.engine.run import RunLeader
from core.phones.engine.session import EngineSettings
from core.phones.events import (
    Activity,
    ActivityChanged,
    Event,
    Notice,
    Progress,
    RunFinished,
    RunState,
    RunStatus,
    Totals,
    Watcher,
)
from core.phones.run_request import RunRequest
from core.phones.storage.backup import before_migration, is_due, make_backup
from core.phones.storage.health import look
from core.phones.storage.lost import need_not_lost
from core.phones.storage.restoration import finish_restore_held
from core.phones.upstream import UpstreamSource
from core.stop import StopSignal
from core.watch import Cancelled, Watch

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CollectorSetup:
    """What the collector needs of the settings. `open_source` is called once a run.

    `backups_kept` 0 makes no backups: the demo's data come back by themselves.
    """

    database: Path
    engine: EngineSettings
    open_source: Callable[[], UpstreamSource]
    backups_kept: int = 0
    room_for: Callable[[Path], Room] = room_for


class Collector:
    """At most one run at a time, in a thread of its own; every run ends with one RunFinished."""

    def __init__(self, setup: CollectorSetup, clock: Clock | None = None) -> None:
        self._setup = setup
        self._clock = clock or SystemClock()
        self._lock = threading.Lock()
        self._watchers: list[Watcher] = []
        self._thread: threading.Thread | None = None
        self._stop = StopSignal()
        self._leader: RunLeader | None = None
        self._state = RunState.IDLE

    @property
    def state(self) -> RunState:
        """What is being done now."""
        return self._state

    @property
    def progress(self) -> Progress | None:
        """The newest snapshot of the present or last run of this process."""
        leader = self._leader
        return leader.progress if leader else None

    @property
    def load(self) -> tuple[int, int]:
        """How many workers are at work now, and how many projects wait for one."""
        leader = self._leader
        return leader.load if leader is not None and self._state is not RunState.IDLE else (0, 0)

    def watch(self, watcher: Watcher) -> None:
        """Add one more watcher. It is called from the engine's threads and must return at once."""
        self._watchers = [*self._watchers, watcher]

    @property
    def setup(self) -> CollectorSetup:
        """What the next run will use."""
        return self._setup

    def configure(self, setup: CollectorSetup) -> None:
        """Use other settings from the next run on; the pace from the next request on."""
        before, self._setup = self._setup.engine, setup
        pace = (setup.engine.delay, setup.engine.max_per_second)
        leader = self._leader
        if leader is not None and pace != (before.delay, before.max_per_second):
            leader.use_pace(setup.engine)

    def try_now(self) -> None:
        """Wait no longer for a server that is away or asked for silence: ask it at once."""
        leader = self._leader
        if leader is not None and self._state is RunState.RUNNING:
            leader.try_now()

    def open_source(self) -> UpstreamSource:
        """The server of the next run, for a look at it ('test connection'). Close it.

        Raises SettingsError where there is no token.
        """
        return self._setup.open_source()

    def start(self, request: RunRequest, *, anew: bool = False) -> bool:
        """Start a new run. False, and nothing done, where one is going on.

        Where the database is missing beside its own backups the run fails at once, saying so:
        with `anew` it begins a new database.
        """
        return self._launch(request, anew=anew)

    def resume(self, run_id: int | None = None) -> bool:
        """Continue the newest run if it is unfinished, or retry what failed in it; with `run_id`
        the run of that number, whatever came after it.

        False where a run is going on. Where there is nothing to continue, the run that begins
        here ends at once as failed with that reason.
        """
        return self._launch(None, run_id)

    def stop(self) -> None:
        """Ask the run to stop; a second call abandons the requests in flight."""
        with self._lock:
            if self._state is RunState.IDLE:
                return
            stop, again = self._stop, self._state is RunState.STOPPING
            self._state = RunState.STOPPING
        if again:
            stop.abandon()
        else:
            stop.request()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for the end of the run; True when nothing runs any more."""
        thread = self._thread
        if thread is not None:
            thread.join(timeout)
        return thread is None or not thread.is_alive()

    def _launch(
        self, request: RunRequest | None, run_id: int | None = None, *, anew: bool = False
    ) -> bool:
        with self._lock:
            if self._state is not RunState.IDLE:
                return False
            self._state = RunState.STARTING
            self._stop = StopSignal()
            self._leader = None
            self._thread = threading.Thread(
                target=self._work, args=(request, run_id, self._setup, self._stop, anew), name="run"
            )
            self._thread.start()
            return True

    def _work(
        self,
        request: RunRequest | None,
        run_id: int | None,
        setup: CollectorSetup,
        stop: StopSignal,
        anew: bool,
    ) -> None:
        finished: RunFinished | None = None
        lock = CollectionLock(setup.database)
        try:
            lock.acquire(self._clock.now())
            finish_restore_held(setup.database)
            if not anew:
                need_not_lost(setup.database)
            look(setup.database)
            self._back_up(setup, stop)
            source = setup.open_source()
            try:
                finished = self._lead(request, run_id, setup, stop, source)
            finally:
                source.close()
        except Exception as error:
            if not is_foreseen(error):
                log.error("the run could not begin", exc_info=error)
            reason, detail = reason_of(error)
            finished = finished or RunFinished(0, RunStatus.FAILED, Totals(), 0.0, reason, detail)
        finally:
            lock.release()
            self._state = RunState.IDLE
            if finished is not None:
                self._publish(finished)

    def _back_up(self, setup: CollectorSetup, stop: StopSignal) -> None:
        """The day's backup, before the run changes anything. Its failure is no reason not to
        collect: it is logged, and told to whoever watches."""
        if not setup.backups_kept or not is_due(setup.database, self._clock.now()):
            return
        self._publish(ActivityChanged(Activity.BACKING_UP))
        try:
            make_backup(
                setup.database,
                setup.backups_kept,
                self._clock.now(),
                Watch(cancelled=lambda: stop.is_set),
            )
        except Cancelled:
            log.info("the daily backup was cancelled")
        except StorageFailure as failure:
            log.error("the daily backup failed: %s", failure)
            self._publish(Notice("backup_failed", str(failure.problem)))

    def _lead(
        self,
        request: RunRequest | None,
        run_id: int | None,
        setup: CollectorSetup,
        stop: StopSignal,
        source: UpstreamSource,
    ) -> RunFinished:
        leader = RunLeader(
            RunSetup(
                database=setup.database,
                source=source,
                settings=setup.engine,
                request=request,
                clock=self._clock,
                stop=stop,
                watcher=self._publish,
                before_migration=(
                    before_migration(setup.backups_kept, self._clock.now)
                    if setup.backups_kept
                    else None
                ),
                room_for=setup.room_for,
                run_id=run_id,
            )
        )
        self._leader = leader
        with self._lock:
            if self._state is RunState.STARTING:
                self._state = RunState.RUNNING
        return leader.execute()

    def _publish(self, event: Event) -> None:
        for watcher in self._watchers:
            try:
                watcher(event)
            except Exception:  # one broken watcher must not end a run
                log.exception("a watcher failed at %s", type(event).__name__)
