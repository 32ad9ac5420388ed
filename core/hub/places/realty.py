"""🏠 Property listings of Avito and Cian."""

from typing import Any

from core.formats import number
from core.hub import reading
from core.hub.database.positions import HOME
from core.hub.database.tasks import Service, TaskType
from core.hub.database.users import NotificationBot
from core.hub.menu.desk import Desk
from core.hub.menu.place import Place
from core.hub.menu.screen import Screen, column
from core.hub.menu.wizard import Step, Wizard
from core.hub.places.needs import needs_bot
from core.hub.places.task_places import History, TaskList, TaskPlace
from core.hub.tasks import words
from core.i18n import _, pgettext

NAME = "realty"
USUAL_PAGES = (1, 3, 10)
_SITES = {TaskType.AVITO: "avito.ru", TaskType.CIAN: "cian.ru"}


def places() -> list[Place]:
    return [
        Realty(),
        *start_wizard(TaskType.AVITO).places(),
        *start_wizard(TaskType.CIAN).places(),
        TaskList(Service.REALTY),
        TaskPlace(Service.REALTY),
        History(Service.REALTY),
    ]


class Realty(Place):
    def __init__(self) -> None:
        super().__init__(NAME, lambda: _("🏠 Property"), HOME)

    def show(self, _desk: Desk) -> Screen:
        text = _("🏠 Listings of property are read from Avito and Cian.")
        return Screen(text, self.under(*column(*self.children())))


def start_wizard(kind: TaskType) -> Wizard:
    site = _SITES[kind]

    def ask_link(_desk: Desk) -> str:
        example = (
            "https://www.avito.ru/moskva/kvartiry/sdam"
            if kind is TaskType.AVITO
            else "https://www.cian.ru/cat.php?deal_type=rent"
        )
        return _(
            "Which list? Open {site} in the browser, choose the filters and send the link."
            " Example: {example}"
        ).format(site=site, example=example)

    def summary(desk: Desk) -> str:
        return "\n".join(
            [
                _("Link: {link}").format(link=desk.answers["link"]),
                _("Pages: {count}").format(count=number(desk.answers["pages"])),
                "",
                _("Start? Press “Start”, or ◀ to change something."),
            ]
        )

    def finish(desk: Desk, answers: dict[str, Any]) -> None:
        request = {key: answers[key] for key in ("link", "pages")}
        task = desk.parts.keeper.add(desk.db, desk.user.id, kind, request)
        desk.later(lambda panel: panel.parts.keeper.begin(task))
        desk.go(NAME, note=_("The task is being started: its own message below shows how it goes."))

    return Wizard(
        name=f"{NAME}.{kind}",
        parent=NAME,
        title=lambda: words.kind(kind),
        needs=lambda desk: needs_bot(desk, NotificationBot.REALTY),
        steps=(
            Step(
                "link",
                lambda: _("Link"),
                ask_link,
                read=lambda _desk, text: reading.link(text, site),
            ),
            Step(
                "pages",
                lambda: _("Pages"),
                lambda _desk: _(
                    "How many pages of the list are read? Type a number from 1 to 100 or press a"
                    " button. Example: 3"
                ),
                options=lambda _desk: [(str(count), count) for count in USUAL_PAGES],
                read=lambda _desk, text: reading.pages(text),
            ),
        ),
        summary=summary,
        confirm=lambda: pgettext("button", "Start"),
        finish=finish,
    )
