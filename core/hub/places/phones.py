"""📞 The phone collector: its state, starting, stopping, going on, and its reports."""

import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from core.formats import duration, moment, number, remaining
from core.hub.database import tasks
from core.hub.database.positions import HOME
from core.hub.database.tasks import Service, TaskType
from core.hub.menu.desk import Desk, Effect, Visit
from core.hub.menu.place import Place, ServicePlace
from core.hub.menu.screen import Choice, Rows, Screen, column
from core.hub.menu.wizard import Step, Wizard
from core.hub.places.task_places import History, TaskList, TaskPlace
from core.hub.services.phones import FORMATS, MODES, REPORTS, PhonesService
from core.hub.services.trouble import ServiceTrouble, say
from core.i18n import _, pgettext
from core.telegram.trouble import TelegramTrouble
from core.telegram.trouble_words import say_trouble

if TYPE_CHECKING:
    from core.hub.panel import Panel

log = logging.getLogger(__name__)

NAME = "phones"


def places() -> list[Place]:
    return [
        Phones(),
        *start_wizard().places(),
        Steer("stop", lambda: pgettext("button", "Stop"), _ask_stop, _stop),
        Steer("continue", lambda: _("Continue"), _ask_continue, _continue),
        Estimate(),
        LastRun(),
        ReportPlace(),
        TaskList(Service.PHONES),
        TaskPlace(Service.PHONES),
        History(Service.PHONES),
    ]


class Phones(ServicePlace):
    """The state of the collector stands above the buttons."""

    def __init__(self) -> None:
        super().__init__(NAME, lambda: _("📞 Numbers"), HOME)

    async def load(self, _visit: Visit) -> Screen:
        state = await self.menu.parts.services.phones.state()
        lines = [
            _("▶️ Numbers are being collected now.")
            if state.collecting
            else _("Nothing is being collected now.")
        ]
        if state.phones is not None:
            lines.append(_("Unique numbers: {count}").format(count=number(state.phones)))
        lines += _run_lines(state.run, running=state.collecting)
        return Screen(f"{self.title()}\n\n" + "\n".join(lines), self.rows())

    def sorry(self, sentence: str) -> Screen:
        return Screen(f"{self.title()}\n\n⚠️ {sentence}", self.rows())

    def rows(self) -> Rows:
        return self.under(*column(*self.children()), (Choice(_("Renew"), "again"),))


def modes() -> list[tuple[str, str]]:
    names = {"full": _("Full"), "quick": _("Quick"), "smart": _("Smart")}
    return [(names[mode], mode) for mode in MODES]


def start_wizard() -> Wizard:
    return Wizard(
        name=f"{NAME}.start",
        parent=NAME,
        title=lambda: _("Start a collection"),
        steps=(
            Step(
                "mode",
                lambda: _("Mode"),
                lambda _desk: _(
                    "How is read? Full: everything. Quick: only what is new. Smart: what is due."
                    " Press a button. Example: Quick"
                ),
                options=lambda _desk: modes(),
            ),
        ),
        summary=lambda desk: _("Start a collection, mode {mode}?").format(
            mode={value: label for label, value in modes()}[desk.answers["mode"]]
        ),
        confirm=lambda: pgettext("button", "Start"),
        finish=_start,
    )


def _start(desk: Desk, answers: dict[str, Any]) -> None:
    request = {"mode": answers["mode"]}
    task = desk.parts.keeper.add(desk.db, desk.user.id, TaskType.PHONES, request)
    desk.later(lambda panel: panel.parts.keeper.begin(task))
    desk.go(NAME, note=_("The task is being started: its own message below shows how it goes."))


Work = Callable[[PhonesService], Awaitable[str]]


class Steer(Place):
    """A question, and a request to the collector on a yes; whoever began its run."""

    def __init__(
        self, name: str, title: Callable[[], str], question: Callable[[], str], work: Work
    ) -> None:
        super().__init__(f"{NAME}.{name}", title, NAME)
        self._question = question
        self._work = work

    def show(self, _desk: Desk) -> Screen:
        yes, no = Choice(_("Yes"), "yes"), Choice(_("No"), "back")
        return Screen(self._question(), ((yes, no),))

    def press(self, desk: Desk, action: str, argument: str) -> None:
        if action != "yes":
            super().press(desk, action, argument)
            return
        desk.go(NAME, note=_("⏳ The service is being asked…"))
        desk.later(self._asking(desk.user.id, desk.next_version))

    def _asking(self, user_id: int, version: int) -> Effect:
        async def effect(panel: "Panel") -> None:
            log.info("user %s: %s", f"{user_id:_}", self.name)
            try:
                note = await self._work(panel.parts.services.phones)
            except ServiceTrouble as trouble:
                note = f"⚠️ {say(trouble)}"
            for task in await panel.parts.store.do(
                lambda db: tasks.alive(db, user_id, Service.PHONES)
            ):
                panel.parts.watcher.look_now(task.id)
            if not await panel.resume(user_id, version, lambda desk: desk.stay(note)):
                panel.tell(user_id, "problem", Screen(note), sound=False)

        return effect


def _ask_stop() -> str:
    return _("Stop the collection that goes on? It can be continued later.")


async def _stop(service: PhonesService) -> str:
    await service.stop()
    return _("The collection is being stopped.")


def _ask_continue() -> str:
    return _("Continue the newest unfinished collection?")


async def _continue(service: PhonesService) -> str:
    await service.resume()
    return _("The collection goes on.")


class Estimate(ServicePlace):
    """What a collection would cost, mode by mode."""

    def __init__(self) -> None:
        super().__init__(f"{NAME}.estimate", lambda: _("Estimate"), NAME)

    async def load(self, _visit: Visit) -> Screen:
        lines = [self.title(), ""]
        for label, mode in modes():
            found = await self.menu.parts.services.phones.estimate(mode)
            if "requests" not in found:
                lines.append(_("{mode}: nothing is known yet").format(mode=label))
                continue
            line = _("{mode}: {count} requests").format(mode=label, count=number(found["requests"]))
            if "seconds" in found:
                line += ", " + remaining(found["seconds"])
            lines.append(line)
        return Screen("\n".join(lines), self.under())


class LastRun(ServicePlace):
    """The newest collection, going on or over."""

    def __init__(self) -> None:
        super().__init__(f"{NAME}.last", lambda: _("Last run"), NAME)

    async def load(self, _visit: Visit) -> Screen:
        state = await self.menu.parts.services.phones.state()
        lines = _run_lines(state.run, running=state.collecting)
        return Screen(
            "\n".join([self.title(), "", *(lines or [_("Nothing was collected yet.")])]),
            self.under(),
        )


def _run_lines(run: dict[str, Any], *, running: bool) -> list[str]:
    if "id" not in run:
        return []
    states = {
        "running": _("is running") if running else _("interrupted, can be continued"),
        "completed": _("completed"),
        "stopped": _("stopped"),
        "failed": _("failed"),
    }
    names = {value: label for label, value in modes()}
    lines = [
        _("Run {id}: {status}, mode {mode}").format(
            id=run["id"],
            status=states.get(run.get("status", ""), run.get("status", "")),
            mode=names.get(run.get("mode", ""), run.get("mode", "")),
        )
    ]
    if "started_at" in run:
        try:
            lines.append(_("Started {when}").format(when=moment(run["started_at"])))
        except ValueError:
            log.debug("a time that cannot be read")
    if "seconds" in run:
        lines.append(_("Working time: {time}").format(time=duration(run["seconds"])))
    labels = {
        "found": _("Valid numbers"),
        "new": _("New numbers"),
        "requests": _("Requests"),
        "errors": _("Errors"),
    }
    lines += [f"{label}: {number(run[key])}" for key, label in labels.items() if key in run]
    return lines


def report_titles() -> dict[str, str]:
    return {
        "new": _("New numbers"),
        "summary": _("Summary"),
        "clients": _("By client"),
        "phones": _("All numbers"),
    }


class ReportPlace(Place):
    """Which report, as which file; it is sent as a message of its own."""

    def __init__(self) -> None:
        super().__init__(f"{NAME}.report", lambda: _("Report as a file"), NAME)

    def show(self, _desk: Desk) -> Screen:
        titles = report_titles()
        rows = [
            tuple(
                Choice(f"{titles[name]} {kind.upper()}", "send", f"{name}.{kind}")
                for kind in FORMATS
            )
            for name in REPORTS
        ]
        return Screen(_("Which report? Press a button. Example: Summary XLSX"), self.under(*rows))

    def press(self, desk: Desk, action: str, argument: str) -> None:
        name, _dot, kind = argument.partition(".")
        if action != "send" or name not in REPORTS or kind not in FORMATS:
            super().press(desk, action, argument)
            return
        desk.go(NAME, note=_("⏳ The report is being made; it comes as a message of its own."))
        desk.later(_sending(desk.user.id, name, kind))


def _sending(user_id: int, name: str, kind: str) -> Effect:
    async def effect(panel: "Panel") -> None:
        log.info("user %s takes the report %s", f"{user_id:_}", name)
        caption = report_titles()[name]
        try:
            content = await panel.parts.services.phones.report(name, kind)
            await panel.parts.messenger.send_file(user_id, f"{name}.{kind}", content, caption)
        except ServiceTrouble as trouble:
            panel.tell(user_id, "problem", Screen(f"⚠️ {say(trouble)}"))
        except TelegramTrouble as trouble:
            panel.tell(user_id, "problem", Screen(f"⚠️ {say_trouble(trouble)}"))

    return effect
