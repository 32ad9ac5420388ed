"""What a run did not look at is said in numbers wherever its end is told."""

from collections.abc import Iterator

import pytest

from core.i18n import current_language, set_language
from core.phones import wording
from core.phones.events import LeftOut, RunFinished, RunStatus, Totals
from core.phones.telegram.inbox import Failures
from core.phones.telegram.words import ended
from gui.run_model import RunModel
from gui.status import describe

ENDED = RunFinished(7, RunStatus.COMPLETED, Totals(), 61.0, left_out=LeftOut(412, 1, 23))

SAID = {
    "en": ["Left out by the budget: 1 project, 23 clients.", "Not due yet: 412 projects."],
    "ru": [
        "Из-за бюджета не прочитано: 1 проект, 23 клиента.",
        "Срок ещё не подошёл: 412 проектов.",
    ],
}


@pytest.fixture(params=sorted(SAID))
def said(request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """The sentences that are expected, in the language that is spoken."""
    before = current_language()
    set_language(request.param)
    yield SAID[request.param]
    set_language(before)


def test_terminal_and_log(said: list[str]) -> None:
    assert wording.finished(ENDED).endswith(" ".join(said))
    line = wording.log_line(ENDED)
    assert line is not None
    assert line[1] == wording.finished(ENDED)


def test_status_line_of_the_window(said: list[str]) -> None:
    model = RunModel()
    model.apply(ENDED)
    status = describe(model, has_token=True, automatic_pace=False)
    assert status.explanation.endswith(" ".join(said))


def test_message_of_the_end(said: list[str]) -> None:
    assert set(said) <= set(ended(ENDED, Failures(), None).splitlines())


def test_a_run_that_read_everything_says_nothing_of_it() -> None:
    assert wording.left_out(LeftOut()) == []
