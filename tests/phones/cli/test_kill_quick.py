"""kill -9 in the middle of a quick and of a smart run, each followed by Continue."""

import signal
import sys
import time
from collections.abc import Callable

import pytest

from core.phones.datamaster.demo.dataset import DemoDataset
from core.phones.datamaster.demo.faults import Faults
from core.phones.datamaster.demo.growth import Growth
from core.phones.datamaster.demo.server import DemoServer
from tests.contents import contents
from tests.phones.cli.conftest import Installation

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL"),
    pytest.mark.timeout(200),
]

KILLS_AFTER = (15, 40, 60)  # requests of the second run
BEFORE = DemoDataset(4, clients=6, projects=60, records=60_000, order="mixed")
AFTER = BEFORE.grow(Growth(records=1500, edits=3))


@pytest.mark.parametrize("mode", ["quick", "smart"])
def test_a_killed_run_equals_an_undisturbed_one(
    install: Callable[..., Installation], mode: str
) -> None:
    with DemoServer(BEFORE) as server:
        quiet, home = install(server, name="undisturbed"), install(server)
        for each in (quiet, home):
            assert each.run("collect").returncode == 0
        server.dataset = AFTER
        assert quiet.run("collect", "--mode", mode).returncode == 0

        server.faults = Faults(latency=(0.02, 0.03))
        begun = len(server.journal)
        process = home.start("collect", "--mode", mode)
        for after in KILLS_AFTER:
            while len(server.journal) < begun + after:
                assert process.poll() is None, "the run was over too soon to say anything"
                time.sleep(0.002)
            process.send_signal(signal.SIGKILL)
            process.communicate()
            process = home.start("continue")
        out, err = process.communicate(timeout=100)
        assert process.returncode == 0, out + err
    assert contents(home.database) == contents(quiet.database)
