"""Start, Stop and Continue pressed at random in the window, while it shows a run."""

import random

import pytest

from core.phones.events import RunState
from tests.gui.conftest import Stage, _screen, rows, stage
from tests.phones.storage.consistency import contradictions
from tests.torture.conftest import FULL, rounds

__all__ = ["_screen", "stage"]

pytestmark = [pytest.mark.gui, pytest.mark.slow, pytest.mark.timeout(1800 if FULL else 300)]

DEMO = "--clients 8 --projects 40 --records 6000 --grow-records 0 --faults 0.02"
KEYS = {"start": "<Control-Return>", "stop": "<Shift-F5>", "continue": "<F6>"}
VIEWS = ("collect", "dashboard", "data", "runs")


def test_buttons_pressed_at_random_in_the_window(stage: Stage, chance: random.Random) -> None:
    """Nothing raises, the buttons keep telling the truth, and no run loses or repeats anything."""
    window = stage.open(DATAMASTER_DEMO=DEMO, RATE_LIMIT_DELAY="0.01")
    presses = rounds(40, 500)
    taken = 0
    for _ in range(presses):
        key = chance.choice(list(KEYS))
        button = window.view("collect").controls.buttons[key]
        taken += button.enabled
        if chance.random() < 0.5:
            window.event_generate(KEYS[key])  # works in every view
        elif button.enabled:
            button.invoke()
        if chance.random() < 0.1:
            window.navigate(chance.choice(VIEWS))
        stage.turn(chance.uniform(0.0, 0.15))

    controls = window.view("collect").controls.buttons
    if controls["stop"].enabled:
        controls["stop"].invoke()
    stage.until(lambda: window.run.state is RunState.IDLE)
    database = window.program.settings.database_path
    print(f"{presses} presses, {taken} of enabled buttons")
    print(rows(database, "SELECT status, count(*) FROM runs GROUP BY 1"))
    assert taken > presses // 10
    # Continue means the run that Collect speaks of, not an older one that it has overtaken.
    newest = "SELECT * FROM runs ORDER BY id DESC LIMIT 1"
    to_continue = "status <> 'completed' OR errors_count > 0"
    assert {key: controls[key].enabled for key in KEYS} == {
        "start": True,
        "stop": False,
        "continue": bool(rows(database, f"SELECT 1 FROM ({newest}) WHERE {to_continue}")),
    }

    begun = rows(database, "SELECT count(*) FROM runs")[0][0]
    controls["start"].invoke()
    status = f"SELECT status FROM runs WHERE id > {begun}"
    stage.until(lambda: rows(database, status) == [("completed",)])
    numbers = "total_clients, total_projects, total_phones, received, errors_count"
    completed = f"SELECT DISTINCT {numbers} FROM runs WHERE status = 'completed'"
    assert len(rows(database, completed)) == 1
    assert rows(database, completed)[0][3] == 6000
    assert not rows(database, "SELECT 1 FROM runs WHERE status = 'running'")
    assert not contradictions(database)
