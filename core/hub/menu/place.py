"""A place of the menu, and all of them together."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

from core.hub.menu.desk import Desk, Visit
from core.hub.menu.screen import Choice, Rows, Screen, back
from core.hub.parts import Parts
from core.i18n import _, pgettext

Words = Callable[[], str]


class Place:
    """Where a user can be. Places are told apart by name and know the name of the one above.

    `title` is what the button says that leads here. All methods run in the transaction of a press
    and are not to wait for anything.
    """

    lifetime: timedelta | None = None  # how long it waits for an answer; None: for ever
    secret = False  # what is typed here is deleted at once

    def __init__(self, name: str, title: Words, parent: str, *, listed: bool = True) -> None:
        self.name = name
        self.title = title
        self.parent = parent
        self.listed = listed  # whether a button of the place above leads here
        self.menu: Menu

    def enter(self, desk: Desk) -> None:
        """A button has led here. Goes elsewhere where something is missing."""
        desk.go(self.name)

    def show(self, desk: Desk) -> Screen:
        raise NotImplementedError

    def press(self, desk: Desk, action: str, argument: str) -> None:
        """A button of this place, of the present version. Unknown ones show the place again."""
        match action:
            case "go" if (goal := self.menu.find(argument)) is not None and goal.listed:
                goal.enter(desk)
            case "back":
                self.leave(desk)
            case _:
                desk.stay()

    def leave(self, desk: Desk) -> None:
        """Back to where one came from."""
        self.menu[self.parent].enter(desk)

    def abandon(self, desk: Desk) -> None:
        """The user goes elsewhere by a command, or has not answered in time."""

    def typed(self, desk: Desk, text: str) -> None:
        """Something was typed that is no command."""
        desk.stay(_("Press one of the buttons, please. /help tells what there is."))

    def children(self) -> tuple[Choice, ...]:
        """The buttons to the places below, in the order of the tree."""
        return tuple(
            Choice(place.title(), "go", place.name)
            for place in self.menu.below(self.name)
            if place.listed
        )

    def under(self, *rows: tuple[Choice, ...]) -> Rows:
        """The rows, and a way back below them."""
        return (*rows, (back(),))


class ServicePlace(Place):
    """A place whose screen needs a service: until it has answered, the screen says so."""

    def show(self, desk: Desk) -> Screen:
        return Screen(f"{self.title()}\n\n" + _("⏳ Asking the service…"), self.rows())

    async def load(self, visit: Visit) -> Screen:
        """The whole screen, with what the service says. Belongs to the loop and may wait."""
        raise NotImplementedError

    def sorry(self, sentence: str) -> Screen:
        """What is shown where the service could not say what `load` wanted to know."""
        again = Choice(pgettext("button", "Try again"), "again")
        return Screen(f"{self.title()}\n\n⚠️ {sentence}", self.under((again,)))

    def rows(self) -> Rows:
        """The buttons while the service is asked."""
        return self.under()


class Menu:
    """Every place there is, in the order of the tree."""

    def __init__(self, places: Sequence[Place], parts: Parts) -> None:
        self.parts = parts
        self._places = {place.name: place for place in places}
        for place in places:
            place.menu = self

    def __getitem__(self, name: str) -> Place:
        return self._places[name]

    def __iter__(self) -> Iterator[Place]:
        return iter(self._places.values())

    def find(self, name: str) -> Place | None:
        """None for a place that there is no more: an older version has led there."""
        return self._places.get(name)

    def below(self, name: str) -> list[Place]:
        return [place for place in self if place.parent == name and place.name != name]

    def outline(self, name: str = "main", depth: int = 0) -> list[str]:
        """The tree under a place, a line each, indented by two spaces a level."""
        lines = [f"{'  ' * depth}{self[name].title()}"]
        for place in self.below(name):
            lines += self.outline(place.name, depth + 1)
        return lines
