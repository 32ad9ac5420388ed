"""What the window says in which state: words and buttons without a screen."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.asking.troubles import Reason
from core.clock import SystemClock
from core.database.failures import StorageProblem
from core.i18n import set_language
from core.phones.events import (
    Activity,
    ActivityChanged,
    Mode,
    Notice,
    OutageEnded,
    OutageStarted,
    PaceChanged,
    Progress,
    RunFinished,
    RunStarted,
    RunState,
    RunStatus,
    Totals,
)
from core.phones.run_failure import RunFailure
from core.phones.storage.reader import Reader
from core.phones.unfinished import newest_unfinished
from core.phones.wording.run import log_line
from gui import notices, states, status
from gui.run_model import RunModel
from gui.states import BUTTONS, Phase
from gui.views.collect_parts import remaining_words

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _english() -> None:
    set_language("en")


def clock() -> datetime:
    return NOW


def running(*events: object) -> RunModel:
    run = RunModel()
    run.start_asked()
    for event in (RunStarted(7, Mode.FULL, False, NOW, "phones.db"), *events):
        run.apply(event)  # type: ignore[arg-type]
    return run


def progress(rate: float = 2.0, remaining: float | None = 4200.0) -> Progress:
    return Progress(
        run_id=7, totals=Totals(), clients_total=10, projects_total=20, projects_exact=True,
        requests_total=40, fraction=0.5, rate=rate, pace=0.5, elapsed=60.0, remaining=remaining,
        current_client="auto-centre",
    )  # fmt: skip


def test_the_automatic_pace_says_why_it_is_what_it_is() -> None:
    run = running(ActivityChanged(Activity.READING), progress(rate=6.3))
    assert said(run, automatic_pace=True).explanation.endswith("as fast as the server bears")
    run.apply(PaceChanged(0.16, "too_many_requests"))
    text = said(run, automatic_pace=True).explanation
    assert text == "6.3 requests a second: the server asked for fewer requests"
    run.start_asked()
    assert run.pace_reason == ""


def test_a_new_choice_shows_its_cost_also_after_a_run() -> None:
    run = running()
    run.apply(RunFinished(7, RunStatus.COMPLETED, Totals(), 61.0))
    assert status.describe(run, has_token=True, automatic_pace=False, cost="about 5").pill
    chosen = status.describe(
        run, has_token=True, automatic_pace=False, cost="about 5", choosing=True
    )
    assert chosen.explanation == "About 5"


def test_a_completed_run_with_failures_is_a_warning_everywhere() -> None:
    run, end = running(), RunFinished(7, RunStatus.COMPLETED, Totals(errors=1), 61.0)
    run.apply(end)
    assert said(run).kind == "warning"
    assert said(run).explanation == "Continue tries again what failed."
    line = log_line(end)
    assert line is not None
    assert line[0] == "warning"


def test_nothing_is_offered_while_another_copy_collects() -> None:
    """Continue cannot be pressed then, so it is not spoken of."""
    run = running()
    run.apply(RunFinished(7, RunStatus.STOPPED, Totals(), 61.0))
    assert "Continue" in said(run).explanation
    held = said(run, held=True)
    assert held.headline == "Another copy of the program is collecting"
    assert "Continue" not in held.explanation


def said(run: RunModel, **options: bool) -> status.Status:
    choices = {"has_token": True, "automatic_pace": False, **options}
    return status.describe(run, clock=clock, **choices)


def test_each_state_has_all_buttons_and_one_primary_at_most() -> None:
    for phase in Phase:
        assert set(BUTTONS[phase]) == {"start", "stop", "continue", "export"}
        pressable = [b for b in BUTTONS[phase].values() if b.enabled and b.look == "primary"]
        assert len(pressable) <= 1, phase


@pytest.mark.parametrize(
    ("state", "can_continue", "has_token", "enabled"),
    [
        (RunState.IDLE, False, True, {"start", "export"}),
        (RunState.IDLE, True, True, {"start", "continue", "export"}),
        (RunState.IDLE, True, False, {"export"}),
        (RunState.STARTING, False, True, {"stop", "export"}),
        (RunState.RUNNING, True, True, {"stop", "export"}),
        (RunState.STOPPING, True, True, {"stop", "export"}),
    ],
)
def test_what_can_be_pressed(
    state: RunState, can_continue: bool, has_token: bool, enabled: set[str]
) -> None:
    phase = states.phase(state, can_continue=can_continue, has_token=has_token)
    assert {key for key, button in BUTTONS[phase].items() if button.enabled} == enabled


def test_a_wait_says_why_and_until_when() -> None:
    until = NOW + timedelta(seconds=12)
    run = running(ActivityChanged(Activity.RETRYING, until, Reason.TOO_MANY_REQUESTS))
    text = said(run)
    assert "429" in text.headline
    assert "12 s" in text.explanation
    assert f"{until.astimezone():%H:%M:%S}" in text.explanation


def test_the_pace_says_what_limits_it() -> None:
    run = running(ActivityChanged(Activity.READING), progress(rate=2.0))
    assert said(run).headline == "Reading client auto-centre"
    assert said(run).explanation == "2.0 requests a second: as Settings allow"
    assert "server bears" in said(run, automatic_pace=True).explanation


def test_stopping_says_what_a_second_press_does() -> None:
    run = running()
    run.stop_asked()
    assert "once more" in said(run).explanation


def test_an_outage_is_a_banner_until_it_ends() -> None:
    until = NOW + timedelta(seconds=42)
    run = running(
        OutageStarted(Reason.NO_CONNECTION, ""),
        ActivityChanged(Activity.OUTAGE, until, Reason.NO_CONNECTION),
    )
    card = _notice(run)
    assert card is not None
    assert "42 s" in card.sentence
    run.apply(OutageEnded(50.0))
    assert _notice(run) is None


def test_a_full_disk_is_a_banner_until_there_is_room() -> None:
    run = running(Notice("disk_low"))
    card = _notice(run)
    assert card is not None
    assert "goes on" in card.sentence
    run.apply(ActivityChanged(Activity.DISK_LOW))
    card = _notice(run)
    assert card is not None
    assert "paused" in card.sentence
    assert [offer.action for offer in card.offers] == ["open_folder"]
    run.apply(ActivityChanged(Activity.READING))
    card = _notice(run)
    assert card is not None
    assert "paused" not in card.sentence
    run.apply(Notice("disk_ok"))
    assert _notice(run) is None


def test_a_locked_database_says_what_helps_and_until_when() -> None:
    until = datetime(2026, 11, 21, 12, 34, 56).astimezone()
    run = running(ActivityChanged(Activity.LOCKED, until))
    said = status.describe(run, has_token=True, automatic_pace=False, clock=clock)
    assert "locked" in said.headline
    assert "12:34:56" in said.explanation
    card = _notice(run)
    assert card is not None
    assert "Close it" in card.sentence
    assert "12:34:56" in card.sentence
    run.apply(ActivityChanged(Activity.READING))
    assert _notice(run) is None


@pytest.mark.parametrize("reason", list(Reason))
def test_every_failure_is_told_in_words(reason: Reason) -> None:
    run = running()
    run.apply(RunFinished(7, RunStatus.FAILED, Totals(), 5.0, reason, ""))
    card = _notice(run)
    assert card is not None
    assert card.title
    assert "_" not in card.title
    assert len(card.title.split()) > 2 or reason is RunFailure.DISCARDED
    assert run.can_continue


def test_the_banner_advises_what_fits_the_trouble_of_the_database() -> None:
    run = running()
    problem = str(StorageProblem.READ_ONLY)
    run.apply(RunFinished(7, RunStatus.FAILED, Totals(), 61.0, RunFailure.DATABASE, problem))
    card = _notice(run)
    assert card is not None
    assert card.sentence.startswith("Allow writing to its folder")


def test_an_unfinished_run_that_somebody_else_ended_is_shown_no_longer(
    database: Path,
) -> None:
    run = RunModel()
    with closing(sqlite3.connect(database)) as db, db:
        db.execute("UPDATE runs SET status = 'stopped' WHERE id = 5")
    with Reader(database) as reader:
        found = newest_unfinished(reader, 10, SystemClock())
    assert found is not None
    run.show_unfinished(found)
    assert run.totals.received
    assert run.progress is not None
    run.show_last(None, 0)
    assert run.totals == Totals()
    assert run.progress is None


def test_the_question_counts_projects_as_the_card_below_does(database: Path) -> None:
    with closing(sqlite3.connect(database)) as db, db:
        db.execute("UPDATE runs SET status = 'stopped' WHERE id = 5")
    with Reader(database) as reader:
        found = newest_unfinished(reader, 10, SystemClock())
    assert found is not None
    half = replace(found, exact=False, projects_done=3, projects_total=40)
    card = notices.choose(RunModel(), half, has_token=True, held_by=None, trouble=None, clock=clock)
    assert card is not None
    assert "3 of ~40 projects" in card.sentence
    model = RunModel()
    model.show_unfinished(half)
    assert model.progress is not None
    assert model.progress.projects_total == 40


def test_while_it_is_held_up_a_run_does_not_say_when_it_ends() -> None:
    run = running(ActivityChanged(Activity.READING), progress())
    assert "ends at" in remaining_words(run, clock)
    for held_up in (
        OutageStarted(Reason.TIMED_OUT, ""),
        ActivityChanged(Activity.LOCKED, NOW + timedelta(minutes=5)),
        ActivityChanged(Activity.DISK_LOW),
    ):
        assert remaining_words(running(held_up, progress()), clock) == "work left: about 1 h 10 min"


def test_a_run_begun_elsewhere_is_shown_too() -> None:
    run = RunModel()
    run.apply(RunStarted(3, Mode.QUICK, False, NOW, "phones.db"))
    assert run.state is RunState.RUNNING
    assert said(run).pill == "Collecting · run 3"


def _notice(run: RunModel) -> notices.NoticeCard | None:
    return notices.choose(run, None, has_token=True, held_by=None, trouble=None, clock=clock)
