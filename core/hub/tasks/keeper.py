"""What is done with tasks outside: begun once, stopped, taken up again, shown, and told.

All coroutines belong to the hub's loop.
"""

import logging
import sqlite3
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, Protocol

from core.hub.chat.painter import Painter, Picture
from core.hub.database import tasks, users
from core.hub.database.store import Store
from core.hub.database.tasks import Service, Status, Task, TaskType
from core.hub.database.users import NotificationBot, Session
from core.hub.gate import Gate
from core.hub.measures import Measures
from core.hub.services import realty, workers
from core.hub.services.all import Services
from core.hub.services.answers import Begun, Report
from core.hub.services.http import Json
from core.hub.services.trouble import Kind, ServiceTrouble, say
from core.hub.tasks import words
from core.hub.vault import Vault
from core.i18n import _, speaking

log = logging.getLogger(__name__)


class SessionFiles(Protocol):
    """What a start needs of the accounts."""

    def path_in_service(self, user_id: int, session: Session) -> str:
        """The session as the service sees it, without its ending."""
        ...


class Keeper:
    """Knows how tasks are begun and ended; `watch` is told of those that go on, `unwatch` of those
    whose service is yet to hear that they shall."""

    def __init__(
        self,
        store: Store,
        services: Services,
        painter: Painter,
        vault: Vault,
        files: SessionFiles,
        now: Callable[[], datetime],
        gate: Gate,
        measures: Measures,
    ) -> None:
        self._store = store
        self._services = services
        self._painter = painter
        self._vault = vault
        self._files = files
        self._now = now
        self._gate = gate
        self._measures = measures
        self.watch: Callable[[Task], None] = lambda _task: None
        self.unwatch: Callable[[int], None] = lambda _number: None
        self._resuming: set[int] = set()

    def add(
        self, db: sqlite3.Connection, user_id: int, kind: TaskType, request: dict[str, Any]
    ) -> int:
        """The row of a task, in the transaction of the press that starts it; `begin` follows."""
        return tasks.add(db, user_id, kind, request, self._now())

    def revive(self, db: sqlite3.Connection, number: int) -> bool:
        """A task that is over shall go on, in the transaction of the press; `resume` follows. False
        where it is not over. Until the service has heard of it, its 'stopped' is what was, and no
        end of what goes on again: so nothing that was asked before counts any more."""
        if not tasks.revive(db, number):
            return False
        self._resuming.add(number)
        self.unwatch(number)
        return True

    async def begin(self, number: int) -> None:
        """Ask the service to start a task whose row is stored. Once, whatever happens."""
        first = await self._store.do(lambda db: tasks.note_posting(db, number), durable=True)
        task = await self._store.do(lambda db: tasks.find(db, number))
        if not first or task is None:
            return
        log.info("user %s starts %s as task %d", f"{task.user:_}", task.type, number)
        await self.show(task)
        try:
            body = await self._store.do(lambda db: self._body(db, task))
            begun = await self._post(task, body)
        except ServiceTrouble as trouble:
            await self._not_begun(task, trouble)
            return
        await self._store.do(
            lambda db: tasks.began(db, number, begun.task_id, begun.status), durable=True
        )
        await self.renew(number)

    def _body(self, db: sqlite3.Connection, task: Task) -> Json:
        if task.type is TaskType.PHONES:
            return dict(task.request)
        bot = NotificationBot(task.service.value)
        settings = users.bot_settings(db, task.user, bot)
        token = self._vault.unlock(settings.token).reveal()
        if task.type is TaskType.MONITORING:
            return workers.start_body(
                task.user,
                task.request,
                self._files.path_in_service(task.user, Session.PARSER),
                self._files.path_in_service(task.user, Session.BLACKLIST),
                token,
                settings.chat,
            )
        return realty.start_body(task.user, task.type, task.request, token, settings.chat)

    async def _post(self, task: Task, body: Json) -> Begun:
        match task.service:
            case Service.WORKERS:
                return await self._services.workers.start(body)
            case Service.REALTY:
                return await self._services.realty.start(body)
            case Service.PHONES:
                return await self._services.phones.start(body)

    async def _not_begun(self, task: Task, trouble: ServiceTrouble) -> None:
        told = trouble.kind is Kind.FAILED and trouble.detail  # its own word: it did not begin
        if trouble.nothing_done or told:
            await self.end(task.id, Status.FAILED, trouble)
        else:
            await self.end(task.id, Status.UNKNOWN, trouble)

    async def stop(self, number: int) -> str:
        """Ask the service to stop a task for which a stop was noted; a sentence where that did
        not work."""
        task = await self._store.do(lambda db: tasks.find(db, number))
        if task is None:
            return ""
        log.info("user %s stops task %d", f"{task.user:_}", number)
        await self.show(task)
        try:
            match task.service:
                case Service.WORKERS:
                    await self._services.workers.stop(task.task_id)
                case Service.REALTY:
                    await self._services.realty.stop(task.task_id)
                case Service.PHONES:
                    await self._services.phones.stop()
        except ServiceTrouble as trouble:
            if trouble.kind is Kind.NOT_KNOWN:
                await self.end(number, Status.LOST, trouble)
                return ""
            await self._store.do(lambda db: tasks.stop_failed(db, number))
            await self.renew(number)
            return say(trouble)
        await self.renew(number)
        return ""

    async def resume(self, number: int) -> str:
        """Ask the service to take a task up again that was brought back to life; a sentence where
        that did not work."""
        task = await self._store.do(lambda db: tasks.find(db, number))
        if task is None:
            return ""
        log.info("user %s goes on with task %d", f"{task.user:_}", number)
        task_id = task.task_id
        try:
            if task.service is Service.REALTY:
                await self._services.realty.resume(task_id)
            else:
                task_id = (await self._services.phones.resume(task_id)).task_id
        except ServiceTrouble as trouble:
            if trouble.kind is Kind.NOT_KNOWN:
                await self.end(number, Status.LOST, trouble)
            elif trouble.nothing_done:
                await self.end(number, Status.STOPPED, trouble)
            else:
                self._resuming.discard(number)
                await self.renew(number)  # its state will show whether it goes on
            return say(trouble)
        finally:
            self._resuming.discard(number)
        await self._store.do(lambda db: tasks.began(db, number, task_id, Status.RUNNING))
        await self.renew(number)
        return ""

    async def end(
        self,
        number: int,
        status: Status,
        why: ServiceTrouble | Callable[[], str] | None = None,
        counts: Callable[[], bool] = lambda: True,
    ) -> None:
        """Note the end of a task and tell it, once. `why` is put in the user's language; nothing is
        done where it no longer `counts`, which the database's thread asks."""

        def work(db: sqlite3.Connection) -> Task | None:
            task = tasks.find(db, number)
            if task is None or not counts():
                return None
            with speaking(self._language(db, task.user)):
                sentence = say(why) if isinstance(why, ServiceTrouble) else why() if why else ""
                if not tasks.end(db, number, status, sentence, self._now()):
                    return None
                tasks.begin_telling(db, "task_cards", number)
            if status is Status.AUTH_ERROR:
                users.set_session(db, task.user, Session.PARSER, authorized=False)
            return tasks.find(db, number)

        task = await self._store.do(work)
        if task is not None:
            log.info("task %d of user %s: %s", number, f"{task.user:_}", status)
            self._measures.ended.labels(task.service.value, status.value).inc()
            await self.show(task)
            await self.tell(task)

    async def tell(self, task: Task) -> None:
        """Send the message that tells the end. It was claimed by `begin_telling`."""
        language = await self._store.do(lambda db: self._listener(db, task.user))

        async def gone(well: bool) -> None:
            await self._store.do(lambda db: tasks.told(db, "task_cards", task.id, well=well))

        if not language:  # he may use the hub no more
            await gone(True)
            return
        with speaking(language):
            text = words.ending(task)
        self._painter.show(
            ("end", task.id), Picture(task.user, text, once=True, silent=False, gone=gone)
        )

    async def renew(self, number: int) -> None:
        """Show a task as the database has it, and let it be watched while it is alive."""
        task = await self._store.do(lambda db: tasks.find(db, number))
        if task is None:
            return
        if task.status.alive and task.task_id and number not in self._resuming:
            self.watch(task)
        await self.show(task)

    async def show(self, task: Task, *, quiet: bool = False) -> None:
        """Bring the task's message up to date, or send it where there is none yet."""
        self._show_to(await self._store.do(lambda db: self._listener(db, task.user)), task, quiet)

    async def note_progress(self, number: int, report: Report, counts: Callable[[], bool]) -> None:
        """Store what the service said of a task, and show it where it goes on. `counts` as in
        `end`."""

        def work(db: sqlite3.Connection) -> tuple[Task | None, str]:
            if not counts():
                return None, ""
            tasks.note_progress(db, number, report.status, report.numbers)
            task = tasks.find(db, number)
            return task, self._listener(db, task.user) if task is not None else ""

        task, language = await self._store.do(work)  # one way to the database, not three
        if task is not None and report.status.alive:
            self._show_to(language, task, quiet=True)

    def _show_to(self, language: str, task: Task, quiet: bool) -> None:
        if not language:
            return
        with speaking(language):
            screen = words.card(task)

        async def shown(message: int) -> None:
            if message != task.message:
                await self._store.do(lambda db: tasks.note_message(db, task.id, message))

        picture = Picture(
            task.user,
            screen.text,
            screen.keyboard(task.user, task.version),
            message=task.message,
            shown=shown,
        )
        self._painter.show(("card", task.id), picture, quiet=quiet)

    def _listener(self, db: sqlite3.Connection, user_id: int) -> str:
        """The language of a user who may hear of his tasks; '' where he may not."""
        user = users.find(db, user_id)
        return user.language if user is not None and self._gate.admits(user) else ""

    def _language(self, db: sqlite3.Connection, user_id: int) -> str:
        user = users.find(db, user_id)
        return user.language if user is not None else "ru"

    async def after_a_restart(self) -> None:
        """Settle what a killed hub left behind; the watcher compares the rest with the services."""

        def work(db: sqlite3.Connection) -> tuple[list[Task], list[Task]]:
            half = [task for task in tasks.alive(db) if not task.task_id]
            over = tasks.untold(db)
            return half, over

        half, over = await self._store.do(work)
        for task in half:
            if task.posted:
                await self.end(task.id, Status.UNKNOWN)
            else:
                await self.end(task.id, Status.FAILED, _never_asked)
        for task in over:
            await self.show(task)
            if await self._store.do(partial(_begin_telling, task.id)):
                await self.tell(task)
            else:  # it was on its way: nobody knows whether it arrived, and its message says it
                await self._store.do(partial(_told, task.id))


def _begin_telling(task: int, db: sqlite3.Connection) -> bool:
    return tasks.begin_telling(db, "task_cards", task)


def _told(task: int, db: sqlite3.Connection) -> None:
    tasks.told(db, "task_cards", task, well=True)


def _never_asked() -> str:
    return _("The hub was stopped before the service was asked: nothing has begun.")
