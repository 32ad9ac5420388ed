"""What the bot does when somebody in its chat types a command or presses a button.

Everything that could take time (the database, starting a run) is done in a helper thread, so
the loop goes on. All coroutines belong to the bot's loop.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import TypeVar

from core.clock import Clock
from core.database.failures import StorageFailure, StorageProblem
from core.database.lock import is_held
from core.errors import UserError
from core.i18n import _
from core.phones.estimate import NOTHING_KNOWN, Estimate, estimate
from core.phones.events import Mode, RunState
from core.phones.reports.names import Format, ReportName
from core.phones.run_request import RunRequest
from core.phones.storage.explain import explain
from core.phones.storage.queries.growth import top_clients, top_projects
from core.phones.storage.queries.overview import overview
from core.phones.storage.queries.runs import RunRow, newest_run, run_before, run_to_continue
from core.phones.storage.reader import Reader
from core.phones.telegram import words
from core.phones.telegram.inbox import Inbox
from core.phones.telegram.menu import (
    Question,
    Questions,
    help_text,
    main_menu,
    mode_menu,
    parse,
    report_menu,
)
from core.phones.telegram.reports import FORMATS, REPORTS, ReportSender
from core.phones.telegram.surroundings import Surroundings
from core.telegram.api import Incoming, TelegramApi
from core.telegram.outgoing import Keyboard, Outgoing
from core.telegram.trouble import TelegramTrouble

log = logging.getLogger(__name__)

T = TypeVar("T")

TOP = 5


class Commands:
    """Answers go to `send`, in the order of the commands."""

    def __init__(
        self,
        api: TelegramApi,
        surroundings: Surroundings,
        inbox: Inbox,
        reports: ReportSender,
        send: Callable[[Outgoing], None],
        clock: Clock,
    ) -> None:
        self._api = api
        self._collector = surroundings.collector
        self._database = surroundings.database
        self._next_daily = surroundings.next_daily
        self._inbox = inbox
        self._reports = reports
        self._send = send
        self._clock = clock
        self._questions = Questions(clock)

    async def handle(self, news: Incoming) -> None:
        """Carry out one command of the configured chat."""
        if news.button:
            await self._end_waiting_sign(news.press)
            name, *arguments = news.button.split()
        elif (command := parse(news.text, self._api.name)) is not None:
            name, arguments = command[0], list(command[1])
        else:
            return
        log.info("Telegram command: %s", name if name.isalpha() else "?")
        try:
            await self._obey(name, arguments, news)
        except StorageFailure as failure:
            missing = failure.problem is StorageProblem.MISSING
            self._say(_("Nothing was collected yet.") if missing else str(explain(failure)))
        except UserError as error:
            self._say(str(error))

    async def _obey(self, name: str, arguments: Sequence[str], news: Incoming) -> None:
        first = arguments[0] if arguments else ""
        match name:
            case "status":
                await self._status()
            case "stats":
                self._say(await _aside(self._statistics), topic=name)
            case "last":
                self._say(await _aside(self._last), topic=name)
            case "run":
                await self._offer_run(first, pressed=bool(news.button))
            case "stop":
                self._offer_stop()
            case "continue":
                await self._continue()
            case "report":
                self._report(arguments)
            case "yes":
                await self._confirmed(first, news.message)
            case "no":
                if not self._questions.was_answered(first):
                    self._questions.take(first)
                    self._replace(news.message, _("Nothing was done."))
            case _:
                self._say(help_text(), main_menu(self._collector.state), topic="help")

    async def _status(self) -> None:
        collector = self._collector
        last, live = None, True
        if collector.state is RunState.IDLE:
            last = await _aside(self._newest_run)
            live = await _aside(self._someone_collects)
        text = words.state(
            collector.state, self._inbox.activity, collector.progress, last, live=live
        )
        if (next_daily := await _aside(self._next_daily)) is not None:
            text += "\n" + words.next_daily(next_daily)
        self._say(text, main_menu(collector.state), topic="status")

    def _newest_run(self) -> RunRow | None:
        try:
            with Reader(self._database) as reader:
                return newest_run(reader)
        except StorageFailure as failure:
            if failure.problem is StorageProblem.MISSING:
                return None
            raise

    def _someone_collects(self) -> bool:
        return is_held(self._database)

    def _statistics(self) -> str:
        with Reader(self._database) as reader:
            run = newest_run(reader)
            clients = top_clients(reader, run.id, TOP) if run else []
            projects = top_projects(reader, run.id, TOP) if run else []
            return words.statistics(overview(reader), run, clients, projects)

    def _last(self) -> str:
        with Reader(self._database) as reader:
            run = newest_run(reader)
            before = run_before(reader, run.id) if run else None
        return words.last_run(run, before, live=self._someone_collects())

    async def _offer_run(self, mode: str, *, pressed: bool) -> None:
        if self._collector.state is not RunState.IDLE:
            self._say(_("A run is already going on."))
        elif not mode and pressed:
            self._say(_("Which mode?"), mode_menu())
        elif mode and mode not in list(Mode):
            self._say(_("There is no such mode. There are: full, quick, smart."))
        else:
            question = Question("run", Mode(mode or Mode.FULL))
            cost = await _aside(lambda: self._estimate(question.mode))
            text = words.run_question(question.mode, cost)
            self._say(text, self._questions.ask(question))

    def _estimate(self, mode: Mode) -> Estimate | None:
        """None where the database cannot be read: the question is asked all the same."""
        engine = self._collector.setup.engine
        try:
            with Reader(self._database) as reader:
                return estimate(reader, RunRequest(mode=mode), engine, self._clock.now())
        except StorageFailure as failure:
            if failure.problem is StorageProblem.MISSING:
                return NOTHING_KNOWN
            log.info("No estimate for Telegram: %s", failure.problem)
            return None

    def _offer_stop(self) -> None:
        if self._collector.state is RunState.IDLE:
            self._say(_("No run is going on."))
        else:
            question = Question("stop")
            text = _("Stop the run? It can be continued later.")
            if self._collector.state is RunState.STOPPING:
                question = Question("abandon")
                text = _("The run is being stopped. Wait no longer for what was asked?")
            self._say(text, self._questions.ask(question))

    async def _confirmed(self, key: str, message: int | None) -> None:
        if self._questions.was_answered(key):
            return
        question = self._questions.take(key)
        if question is None:
            self._replace(message, _("This question is no longer open. Ask anew."))
        elif question.command == "run":
            request = RunRequest(mode=question.mode)
            started = await _aside(lambda: self._collector.start(request))
            text = _("The run starts.") if started else _("A run is already going on.")
            self._replace(message, text)
        elif self._collector.state is RunState.IDLE:
            self._replace(message, _("No run is going on."))
        else:
            # Stopping twice gives up the requests in flight: not because somebody asked twice.
            if question.command == "abandon" or self._collector.state is not RunState.STOPPING:
                await _aside(self._collector.stop)
            self._replace(message, _("The run is being stopped."))

    async def _continue(self) -> None:
        if self._collector.state is not RunState.IDLE:
            self._say(_("A run is already going on."))
        elif not await _aside(self._can_continue):
            self._say(_("There is nothing to continue."))
        elif await _aside(self._collector.resume):
            self._say(_("The run is being continued."))
        else:
            self._say(_("A run is already going on."))

    def _can_continue(self) -> bool:
        with Reader(self._database) as reader:
            return run_to_continue(reader) is not None

    def _report(self, arguments: Sequence[str]) -> None:
        if not arguments:
            self._say(_("Which report?"), report_menu(REPORTS))
            return
        name, kind = arguments[0], arguments[1] if len(arguments) > 1 else Format.CSV
        if name not in REPORTS:
            names = ", ".join(REPORTS)
            self._say(_("There is no such report. There are: {names}.").format(names=names))
        elif kind not in FORMATS:
            self._say(_("A report is made as csv or as xlsx."))
        elif self._reports.begin(ReportName(name), Format(kind)):
            self._say(_("The report {name} is being made.").format(name=name))
        else:
            self._say(_("Another report is being made. Wait until it is sent."))

    async def _end_waiting_sign(self, press: str) -> None:
        try:
            await self._api.answer_press(press)
        except TelegramTrouble as trouble:  # only the little clock on the button stays
            log.debug("A pressed button could not be answered: %s", trouble)

    def _say(self, text: str, keyboard: Keyboard = (), topic: str = "") -> None:
        self._send(Outgoing(text, keyboard, topic=topic))

    def _replace(self, message: int | None, text: str) -> None:
        """Put the outcome in the place of the question, which also takes its buttons away."""
        self._send(Outgoing(text, edits=message))


async def _aside(work: Callable[[], T]) -> T:
    """Do something that takes time, outside the loop."""
    return await asyncio.to_thread(work)
