"""What the terminal shows of a run: how far it is, and why it waits."""

import io
from datetime import UTC, datetime

import pytest

from core.asking.troubles import Reason
from core.phones.cli import progress_bar, terminal
from core.phones.cli.progress_bar import BarDisplay
from core.phones.cli.terminal import LineDisplay
from core.phones.events import Activity, ActivityChanged, Progress, Totals

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
SNAPSHOT = Progress(7, Totals(clients=3), 10, 100, True, 200, 0.25, 2.0, 0.5, 60.0, 600.0)
READING = ActivityChanged(Activity.READING)
OUTAGE = ActivityChanged(Activity.OUTAGE, AT, Reason.TIMED_OUT)
WAITS = "The server cannot be reached: the server did not answer in time"


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> LineDisplay:
    monkeypatch.setattr(terminal, "LINE_EVERY", 0.0)
    return LineDisplay()


def test_a_line_names_the_reason_for_as_long_as_the_run_waits(
    lines: LineDisplay, capsys: pytest.CaptureFixture[str]
) -> None:
    for event in (SNAPSHOT, OUTAGE, SNAPSHOT):
        lines.put(event)
        lines.refresh()
    lines.refresh()  # nothing new: no line
    lines.put(READING)
    lines.refresh()
    first, *waiting, last = capsys.readouterr().out.splitlines()
    assert first == last
    assert first.startswith("25%, about 10 min left")
    assert waiting == [f"{WAITS}. {first}"] * 2


def test_a_wait_before_the_first_answer_is_told(
    lines: LineDisplay, capsys: pytest.CaptureFixture[str]
) -> None:
    lines.put(OUTAGE)
    lines.refresh()
    assert capsys.readouterr().out == f"{WAITS}\n"


def test_the_bar_keeps_naming_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr(progress_bar.sys, "stdout", io.StringIO())
    display = BarDisplay()

    def shown() -> str:
        display.refresh()
        return display._bar.tasks[0].description

    with display:
        display.put(OUTAGE)
        assert shown() == WAITS
        display.put(SNAPSHOT)
        assert shown().startswith(f"{WAITS}. 25%, ")
        assert display._bar.tasks[0].completed == 0.25
        display.put(READING)
        assert shown().startswith("25%, ")


def test_only_a_time_that_the_server_named_is_a_time_until(
    lines: LineDisplay, capsys: pytest.CaptureFixture[str]
) -> None:
    """`until` of an outage is the next try, not its end."""
    lines.put(ActivityChanged(Activity.RETRYING, AT, Reason.TOO_MANY_REQUESTS))
    lines.refresh()
    assert "(until " in capsys.readouterr().out
    lines.put(OUTAGE)
    lines.refresh()
    assert "(until " not in capsys.readouterr().out
