"""Wizards: a few questions one after another, a summary, and a yes.

A wizard is data: its steps say what they ask, which answers have buttons and how typed ones are
read. Each step is a place; what was answered stands in the user's row.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from core.hub.menu.desk import Desk
from core.hub.menu.place import Place, Words
from core.hub.menu.screen import Choice, Screen, back
from core.hub.reading import NotRead
from core.i18n import _

WIZARD_LIFETIME = timedelta(minutes=30)
LOGIN_LIFETIME = timedelta(minutes=10)

Options = Callable[[Desk], Sequence[tuple[str, Any]]]
Read = Callable[[Desk, str], Any]


def no_options(_desk: Desk) -> Sequence[tuple[str, Any]]:
    return ()


@dataclass(frozen=True, slots=True)
class Step:
    """One question.

    `question` ends with what it asks for and an example. `options` are answers with a button,
    as (label, value); `read` takes a typed answer or raises NotRead. With `many` several options
    are ticked and taken together by a button.
    """

    key: str
    title: Words
    question: Callable[[Desk], str]
    options: Options = no_options
    read: Read | None = None
    many: bool = False
    secret: bool = False
    across: int = 3


@dataclass(frozen=True, slots=True)
class Wizard:
    """The steps, and what is done in the end.

    `needs` may lead elsewhere, with a word, before the first question: it returns whether all is
    there. `finish` gets the answers and goes to another place itself.
    """

    name: str
    parent: str
    title: Words
    steps: Sequence[Step]
    summary: Callable[[Desk], str]
    confirm: Words
    finish: Callable[[Desk, dict[str, Any]], None]
    needs: Callable[[Desk], bool] = lambda _desk: True
    lifetime: timedelta = WIZARD_LIFETIME
    asks_at_end: bool = True

    def places(self) -> list[Place]:
        """The wizard as places: its door, its steps, its summary."""
        steps: list[Place] = [
            WizardStep(self, number, step) for number, step in enumerate(self.steps)
        ]
        door: list[Place] = [WizardDoor(self)]
        return door + steps + ([WizardSummary(self)] if self.asks_at_end else [])

    def at(self, number: int) -> str:
        """The name of a step, or of the summary behind the last."""
        if number < len(self.steps):
            return f"{self.name}.{self.steps[number].key}"
        return f"{self.name}.confirm"

    def advance(self, desk: Desk, number: int, answers: dict[str, Any]) -> None:
        """Behind the step `number`: to the next one, or to the end."""
        if number + 1 < len(self.steps) or self.asks_at_end:
            desk.go(self.at(number + 1), answers)
        else:
            self.finish(desk, answers)


class WizardDoor(Place):
    """Where the button leads; nobody stays here."""

    def __init__(self, wizard: Wizard) -> None:
        super().__init__(wizard.name, wizard.title, wizard.parent)
        self._wizard = wizard

    def enter(self, desk: Desk) -> None:
        if self._wizard.needs(desk):
            desk.go(self._wizard.at(0))

    def show(self, desk: Desk) -> Screen:
        return Screen(self.title(), self.under())


class WizardStep(Place):
    """One question of a wizard."""

    def __init__(self, wizard: Wizard, number: int, step: Step) -> None:
        super().__init__(wizard.at(number), step.title, wizard.name, listed=False)
        self.lifetime = wizard.lifetime
        self._wizard = wizard
        self._number = number
        self._step = step
        self.secret = step.secret

    def show(self, desk: Desk) -> Screen:
        step, options = self._step, self._step.options(desk)
        heading = self._wizard.title()
        if len(self._wizard.steps) > 1:
            heading += " · " + _("step {number} of {count}").format(
                number=self._number + 1, count=len(self._wizard.steps)
            )
        chosen = desk.answers.get(step.key) if step.many else None
        choices = [
            Choice(("☑ " if value in (chosen or ()) else "☐ ") + label, "pick", str(index))
            if step.many
            else Choice(label, "pick", str(index))
            for index, (label, value) in enumerate(options)
        ]
        across = 1 if step.many else step.across
        rows = [tuple(choices[at : at + across]) for at in range(0, len(choices), across)]
        if step.many and chosen:
            rows.append((Choice(_("Next"), "next"),))
        return Screen(f"{heading}\n\n{step.question(desk)}", (*rows, (back(),)))

    def press(self, desk: Desk, action: str, argument: str) -> None:
        options = self._step.options(desk)
        answers = dict(desk.answers)
        if action == "pick" and argument.isdecimal() and int(argument) < len(options):
            value = options[int(argument)][1]
            if not self._step.many:
                self._take(desk, value)
                return
            ticked = list(answers.get(self._step.key) or [])
            answers[self._step.key] = (
                [one for one in ticked if one != value] if value in ticked else [*ticked, value]
            )
            desk.go(self.name, answers)
        elif action == "next" and self._step.many and answers.get(self._step.key):
            self._wizard.advance(desk, self._number, answers)
        else:
            super().press(desk, action, argument)

    def typed(self, desk: Desk, text: str) -> None:
        if self._step.read is None:
            super().typed(desk, text)
            return
        try:
            value = self._step.read(desk, text)
        except NotRead as sentence:
            desk.stay(f"⚠️ {sentence}")
            return
        self._take(desk, value)

    def leave(self, desk: Desk) -> None:
        if self._number:
            desk.go(self._wizard.at(self._number - 1), dict(desk.answers))
        else:
            self.menu[self._wizard.parent].enter(desk)

    def _take(self, desk: Desk, value: Any) -> None:
        answers = {**desk.answers, self._step.key: value}
        self._wizard.advance(desk, self._number, answers)


class WizardSummary(Place):
    """Everything that was answered, and a yes."""

    def __init__(self, wizard: Wizard) -> None:
        super().__init__(
            wizard.at(len(wizard.steps)), lambda: _("Confirm"), wizard.name, listed=False
        )
        self.lifetime = wizard.lifetime
        self._wizard = wizard

    def show(self, desk: Desk) -> Screen:
        yes = Choice(self._wizard.confirm(), "yes")
        return Screen(f"{self._wizard.title()}\n\n{self._wizard.summary(desk)}", self.under((yes,)))

    def press(self, desk: Desk, action: str, argument: str) -> None:
        if action == "yes":
            if self._wizard.needs(desk):
                self._wizard.finish(desk, dict(desk.answers))
        else:
            super().press(desk, action, argument)

    def leave(self, desk: Desk) -> None:
        desk.go(self._wizard.at(len(self._wizard.steps) - 1), dict(desk.answers))
