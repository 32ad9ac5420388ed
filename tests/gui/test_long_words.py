"""Nothing is cut off where texts and numbers are long, in the smallest window."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from tkinter import ttk
from typing import Any

import pytest

from core.asking.troubles import Reason
from core.phones.events import (
    Activity,
    ActivityChanged,
    LeftOut,
    Mode,
    Progress,
    RunFinished,
    RunStarted,
    RunStatus,
    Totals,
)
from core.phones.run_failure import RunFailure
from gui import style
from tests.gui.conftest import Stage

pytestmark = pytest.mark.gui

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
TOTALS = Totals(1518, 2_604_112, 112_641_230, 1_012_408, 7_624_101, 1609, 3112, 0, 4_310_123)
CLIENT = "client-" + "with-a-very-long-name-" * 8


@pytest.fixture
def narrow(stage: Stage, request: pytest.FixtureRequest) -> Iterator[Any]:
    """The window at its smallest, in the language that the test asks for."""
    window = stage.open(LANGUAGE=getattr(request, "param", "en"))
    resize(stage, window, *style.MIN_SIZE)
    yield window
    window.run.apply(RunFinished(42, RunStatus.STOPPED, TOTALS, 60.0))


def resize(stage: Stage, window: Any, width: int, height: int) -> None:
    window.geometry(f"{width}x{height}")
    stage.until(lambda: window.winfo_width() == width)
    stage.turn(0.05)


def tell(window: Any, *events: object) -> Any:
    for event in events:
        window.run.apply(event)
    window.run_changed()
    for _time in range(3):  # wrapping lays out anew
        window.update()
    return window.view("collect")


def running(client: str = "auto-centre") -> tuple[object, ...]:
    progress = Progress(
        run_id=42, totals=TOTALS, clients_total=2411, projects_total=4_012_932,
        projects_exact=False, requests_total=6_900_456, fraction=0.63, rate=2.0, pace=0.5,
        elapsed=100_800.0, remaining=93_600.0, current_client=client,
    )  # fmt: skip
    return RunStarted(42, Mode.FULL, False, NOW, ""), ActivityChanged(Activity.READING), progress


def test_long_numbers_are_written_smaller_in_tiles_of_equal_width(
    narrow: Any, stage: Stage
) -> None:
    numbers = narrow.view("collect").numbers
    usual = numbers.tiles["received"].number.cget("font")
    tell(narrow, *running())
    for tile in numbers.tiles.values():
        assert whole(tile.number), tile.number.text
        assert tile.number.cget("font")[1] < usual[1]
    widths = [tile.winfo_width() for tile in numbers.tiles.values()]
    assert max(widths) - min(widths) <= 1
    narrow.geometry("1600x700")
    stage.until(lambda: numbers.tiles["received"].number.cget("font") == usual)


@pytest.mark.parametrize("narrow", ["en", "ru"], indirect=True)
def test_a_long_name_leaves_the_pace_its_room(narrow: Any, stage: Stage) -> None:
    for width in (1024, 1200):
        resize(stage, narrow, width, 780)
        controls = tell(narrow, *running(CLIENT)).controls
        assert controls.headline.text.endswith("…")
        assert whole(controls.headline)
        assert whole(controls.explanation)


@pytest.mark.parametrize("narrow", ["en", "ru"], indirect=True)
def test_what_a_run_left_out_is_told_in_full(narrow: Any, stage: Stage) -> None:
    left = LeftOut(1_234_567, 23_456, 321)
    end = RunFinished(42, RunStatus.COMPLETED, TOTALS, 190_000.0, left_out=left)
    for width in (1024, 1440):
        resize(stage, narrow, width, 780)
        controls = tell(narrow, *running(), end).controls
        assert not controls.headline.text.endswith("…")
        assert whole(controls.explanation)


@pytest.mark.parametrize("narrow", ["en", "ru"], indirect=True)
def test_no_state_of_a_run_is_cut(narrow: Any, stage: Stage) -> None:
    """The long name is the only headline that may be shortened."""
    for width in (1024, 1200):
        resize(stage, narrow, width, 780)
        for activity in Activity:
            waits = activity in {Activity.RETRYING, Activity.OUTAGE, Activity.LOCKED}
            until = NOW + timedelta(minutes=5) if waits else None
            event = ActivityChanged(activity, until, Reason.TIMED_OUT if waits else None)
            controls = tell(narrow, *running(), event).controls
            assert not controls.headline.text.endswith("…"), controls.headline.text
            assert whole(controls.headline)
            assert whole(controls.explanation)


def test_the_title_of_a_banner_takes_several_lines(narrow: Any, stage: Stage) -> None:
    detail = "a library said something that is far too long for one line of a narrow window"
    end = RunFinished(42, RunStatus.FAILED, TOTALS, 60.0, RunFailure.INTERNAL, detail)
    banner = tell(narrow, *running(), end).banner
    stage.until(lambda: whole(banner.title))
    assert banner.title.text.endswith(detail)


def test_views_that_scroll_end_where_their_header_ends(narrow: Any, stage: Stage) -> None:
    narrow.navigate("settings")
    view = narrow.view("settings")
    stage.until(lambda: view.built)
    stage.turn(0.1)
    card = view.rows["WORKERS"].master
    ends = [part.winfo_rootx() + part.winfo_width() for part in (card, view.header)]
    assert abs(ends[0] - ends[1]) <= 1


def test_a_thumb_can_be_hit_however_much_there_is_to_scroll(narrow: Any) -> None:
    bar = ttk.Scrollbar(narrow, orient="vertical", style="Sunken.Vertical.TScrollbar")
    bar.place(x=0, y=0, height=300)
    bar.set(0.999, 1.0)
    narrow.update()
    parts = [bar.identify(5, y) for y in range(300)]
    assert sum("thumb" in part for part in parts) >= 24


def test_a_search_field_shows_that_it_has_the_focus(narrow: Any, stage: Stage) -> None:
    search = narrow.view("collect").search
    narrow.focus_force()
    search.focus_set()
    stage.until(lambda: search.cget("border_color") == style.ACCENT)
    narrow.focus_set()
    stage.until(lambda: search.cget("border_color") == style.PART)


def whole(label: Any) -> bool:
    """Whether the text has the room that it asks for."""
    inner = label._label
    return inner.winfo_reqwidth() <= label.winfo_width() and (
        inner.winfo_reqheight() <= label.winfo_height()
    )
