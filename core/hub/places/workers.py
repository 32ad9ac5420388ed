"""👷 Watching chats for offers of work in pick-up points."""

from collections.abc import Sequence
from typing import Any

from core.formats import number
from core.hub import reading
from core.hub.database import tasks, users
from core.hub.database.positions import HOME
from core.hub.database.tasks import Service, Status, Task, TaskType
from core.hub.database.users import NotificationBot, Session
from core.hub.menu.desk import Desk, Visit
from core.hub.menu.place import Place, ServicePlace
from core.hub.menu.screen import Choice, Screen, column
from core.hub.menu.wizard import Step, Wizard
from core.hub.places.home import turning
from core.hub.places.needs import needs_bot, needs_session
from core.hub.places.task_places import History, TaskList, TaskPlace
from core.hub.services.workers import Item
from core.i18n import _, pgettext

NAME = "workers"
ITEMS_ASKED = 50
ITEMS_A_PAGE = 5
MOST_OFFERED = 30  # chats of the service's list


def places() -> list[Place]:
    return [
        Workers(),
        *start_wizard().places(),
        TaskList(Service.WORKERS),
        WatchedTask(Service.WORKERS),
        Items(),
        History(Service.WORKERS),
    ]


class Workers(Place):
    def __init__(self) -> None:
        super().__init__(NAME, lambda: _("👷 Watching pick-up points"), HOME)

    def show(self, _desk: Desk) -> Screen:
        text = _("👷 Chats are watched for offers of work in pick-up points.")
        return Screen(text, self.under(*column(*self.children())))


def modes() -> Sequence[tuple[str, str]]:
    return ((_("Worker"), "worker"), (_("Employer"), "employer"))


def shk_choices() -> Sequence[tuple[str, str]]:
    return (
        (pgettext("shk", "Any"), "любое"),
        (pgettext("shk", "Few"), "мало"),
        (pgettext("shk", "Many"), "много"),
    )


def cities() -> Sequence[tuple[str, str]]:
    return (
        (_("Moscow"), "МСК"),
        (_("St Petersburg"), "СПБ"),
        (pgettext("cities", "All"), "ALL"),
    )


def start_wizard() -> Wizard:
    return Wizard(
        name=f"{NAME}.start",
        parent=NAME,
        title=lambda: _("Start watching"),
        needs=_needs,
        steps=(
            Step("mode", lambda: _("Mode"), _ask_mode, options=lambda _desk: modes()),
            Step(
                "chats",
                lambda: _("Chats"),
                _ask_chats,
                options=_known_chats,
                read=_read_chats,
                many=True,
            ),
            Step(
                "date",
                lambda: _("Dates"),
                lambda _desk: _(
                    "For which days are offers looked for? Type the first and the last, or press"
                    " “Any”. Example: 01.03.2026 - 31.03.2026"
                ),
                options=lambda _desk: ((pgettext("dates", "Any"), None),),
                read=lambda desk, text: reading.dates(text, desk.now.astimezone().date()),
            ),
            Step(
                "price",
                lambda: _("Price"),
                lambda _desk: _(
                    "What pay is looked for, in roubles a shift? Type the lowest and the highest,"
                    " or press “Any”. Example: 2000 - 3500"
                ),
                options=lambda _desk: ((pgettext("price", "Any"), None),),
                read=lambda _desk, text: reading.prices(text),
            ),
            Step(
                "shk",
                lambda: _("Parcels"),
                lambda _desk: _(
                    "How many parcels (ШК) does the point have? Press a button. Example: Few"
                ),
                options=lambda _desk: shk_choices(),
            ),
            Step(
                "city",
                lambda: _("City"),
                lambda _desk: _("In which city? Press a button. Example: Moscow"),
                options=lambda _desk: cities(),
            ),
        ),
        summary=summary,
        confirm=lambda: pgettext("button", "Start"),
        finish=_finish,
    )


def _needs(desk: Desk) -> bool:
    """Both accounts and the bot that tells; leads to what is missing."""
    note = _("Connect both Telegram accounts first: the watching works through them.")
    if not all(needs_session(desk, session, note) for session in Session):
        return False
    return needs_bot(desk, NotificationBot.WORKERS)


def _ask_mode(desk: Desk) -> str:
    usual = {value: label for label, value in modes()}
    mode = usual[users.default_mode(desk.db, desk.user.id)]
    return _(
        "Whose offers are looked for? Worker: somebody looks for a shift. Employer: somebody looks"
        " for a worker. Your usual mode: {mode}. Press a button. Example:"
        " Worker"
    ).format(mode=mode)


def _known_chats(desk: Desk) -> Sequence[tuple[str, Any]]:
    """Chats that this user has watched before, and those typed now."""
    names: dict[str, str] = {}
    chosen = desk.answers.get("chats") or []
    for task in _earlier(desk):
        for name in task.request.get("chats", []):
            names.setdefault(str(name).casefold(), str(name))
    for name in chosen:
        names.setdefault(name.casefold(), name)
    return [(name, name) for name in list(names.values())[:MOST_OFFERED]]


def _earlier(desk: Desk) -> list[Task]:
    alive = tasks.alive(desk.db, desk.user.id, Service.WORKERS)
    return alive + tasks.finished(desk.db, desk.user.id, Service.WORKERS, 0, 20)


def _ask_chats(desk: Desk) -> str:
    text = _("Which chats? Type their names. Example: @pvz_moscow, @pvz_work")
    if _known_chats(desk):
        text = _(
            "Which chats? Tick them and press “Next”, or type other names. Example: @pvz_moscow,"
            " @pvz_work"
        )
    return text


def _read_chats(desk: Desk, text: str) -> list[str]:
    """Those typed now, beside those that are ticked."""
    names = list(desk.answers.get("chats") or [])
    known = {name.casefold() for name in names}
    names += [name for name in reading.chat_names(text) if name.casefold() not in known]
    if len(names) > reading.MOST_CHATS:
        raise reading.NotRead(
            _("At most {count} chats. Send fewer of them.").format(count=reading.MOST_CHATS)
        )
    return names


def summary(desk: Desk) -> str:
    return "\n".join(
        [*request_lines(desk.answers), "", _("Start? Press “Start”, or ◀ to change something.")]
    )


def request_lines(answers: dict[str, Any]) -> list[str]:
    """What was answered, a line each."""
    labels = {value: label for label, value in (*modes(), *shk_choices(), *cities())}
    days, price = answers.get("date"), answers.get("price")
    anything = pgettext("filters", "any")
    return [
        _("Mode: {mode}").format(mode=labels[answers["mode"]]),
        _("Chats: {names}").format(names=", ".join(answers["chats"])),
        _("Days: {days}").format(
            days=" – ".join(reading.shown_date(day) for day in days) if days else anything
        ),
        _("Pay: {price}").format(
            price=f"{number(price[0])} – {number(price[1])} ₽" if price else anything
        ),
        _("Parcels (ШК): {amount}").format(amount=labels[answers["shk"]]),
        _("City: {city}").format(city=labels[answers["city"]]),
    ]


def _finish(desk: Desk, answers: dict[str, Any]) -> None:
    request = {key: answers[key] for key in ("mode", "chats", "date", "price", "shk", "city")}
    task = desk.parts.keeper.add(desk.db, desk.user.id, TaskType.MONITORING, request)
    desk.later(lambda panel: panel.parts.keeper.begin(task))
    desk.go(NAME, note=_("The task is being started: its own message below shows how it goes."))


class WatchedTask(TaskPlace):
    """A task with what it found."""

    def more(self, task: Task) -> tuple[Choice, ...]:
        if not task.task_id or task.status is Status.LOST:
            return ()
        return (Choice(_("What was found"), "items"),)

    def press(self, desk: Desk, action: str, argument: str) -> None:
        if action == "items":
            desk.go(f"{NAME}.items", {**desk.answers, "skip": 0})
        else:
            super().press(desk, action, argument)


class Items(ServicePlace):
    """What a task found, a few a page, as the service has it."""

    def __init__(self) -> None:
        super().__init__(f"{NAME}.items", lambda: _("What was found"), f"{NAME}.task", listed=False)

    async def load(self, visit: Visit) -> Screen:
        parts = self.menu.parts
        number_of_task = visit.answers.get("task")
        task = None
        if isinstance(number_of_task, int):
            task = await parts.store.do(lambda db: tasks.of_user(db, visit.user.id, number_of_task))
        if task is None:
            return Screen(_("This task is no longer there."), self.under())
        found, total = await parts.services.workers.items(task.task_id, ITEMS_ASKED)
        if not found:
            return Screen(_("Nothing was found yet."), self.under((_again(),)))
        skip = int(visit.answers.get("skip", 0))
        if skip >= len(found):
            skip = 0
        lines = [_("Found: {count}").format(count=number(total)), ""]
        for item in found[skip : skip + ITEMS_A_PAGE]:
            lines += [*_item_lines(item), ""]
        rows = turning(skip, ITEMS_A_PAGE, more=skip + ITEMS_A_PAGE < len(found))
        return Screen("\n".join(lines).rstrip(), self.under(*rows, (_again(),)))

    def press(self, desk: Desk, action: str, argument: str) -> None:
        if action == "page" and argument.isdecimal():
            desk.go(self.name, {**desk.answers, "skip": int(argument)})
        else:
            super().press(desk, action, argument)

    def leave(self, desk: Desk) -> None:
        desk.go(self.parent, {**desk.answers, "skip": 0})


def _again() -> Choice:
    return Choice(_("Renew"), "again")


def _item_lines(item: Item) -> list[str]:
    facts = [part for part in (item.date, item.price and f"{item.price} ₽", item.location) if part]
    if item.shk:
        facts.append(_("parcels: {amount}").format(amount=item.shk))
    lines = [" · ".join(facts)] if facts else []
    return [line for line in (item.author, *lines, item.link) if line]
