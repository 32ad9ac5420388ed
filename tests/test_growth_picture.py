"""The picture for Telegram: drawn without a display, from any thread."""

import os
import struct
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.phones.events import LeftOut, Mode, RunStatus
from core.phones.storage.queries.runs import GrowthRow, RunRow
from gui.charts.growth_picture import draw_growth

pytestmark = pytest.mark.usefixtures("own_home")

ROOT = Path(__file__).parents[1]


@pytest.fixture
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATAMASTER_HOME", str(tmp_path))


def grown(runs: int) -> list[GrowthRow]:
    rows = []
    for number in range(1, runs + 1):
        run = RunRow(
            id=number,
            started_at=datetime(2026, 3, 1, tzinfo=UTC),
            completed_at=None,
            status=RunStatus.COMPLETED,
            mode=Mode.FULL,
            total_clients=1,
            total_projects=1,
            total_phones=100,
            new_phones=100,
            errors_count=0,
            received=100,
            known=0,
            repeated=0,
            rejected=0,
            new_links=100,
            requests=2,
            seconds=1.0,
            reason=None,
            detail="",
            left_out=LeftOut(),
        )
        rows.append(GrowthRow(run, 100 * number))
    return rows


@pytest.mark.parametrize("runs", [2, 7, 500])
def test_it_is_a_png_fit_for_a_phone(runs: int) -> None:
    picture = draw_growth(grown(runs))
    assert picture is not None
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", picture[16:24]) == (960, 540)
    assert len(picture) < 200_000


@pytest.mark.parametrize("runs", [0, 1])
def test_less_than_two_runs_show_no_growth(runs: int) -> None:
    assert draw_growth(grown(runs)) is None


def test_two_threads_may_draw_at_once() -> None:
    pictures: list[bytes | None] = []
    threads = [
        threading.Thread(target=lambda: pictures.append(draw_growth(grown(5)))) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert pictures[0] == pictures[1] is not None


def test_it_needs_no_display_and_no_tk() -> None:
    code = (
        "import sys; from gui.charts import growth_picture as g, library\n"
        "late = 'matplotlib' not in sys.modules\n"
        "library.load(library.cache_folder(g.find_places().home))\n"
        "sys.exit(0 if late and 'tkinter' not in sys.modules else 1)"
    )
    environment = {name: text for name, text in os.environ.items() if name != "DISPLAY"}
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment).returncode == 0
