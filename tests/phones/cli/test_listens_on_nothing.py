"""Nobody can connect to the program; the demo's server takes this computer only."""

import time
from collections.abc import Callable
from typing import Any

import psutil
import pytest

from core.phones.datamaster.demo.dataset import DemoDataset
from core.phones.datamaster.demo.faults import Faults
from core.phones.datamaster.demo.server import DemoServer
from tests.phones.cli.conftest import Installation


def listening(process: Any, wanted: Callable[[], bool]) -> set[str]:
    """Addresses on which `process` takes connections once something is `wanted` of it."""
    while not wanted():
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
    connections = psutil.Process(process.pid).net_connections("inet")
    return {found.laddr.ip for found in connections if found.status == psutil.CONN_LISTEN}


@pytest.mark.parametrize("where", ["a server", "the demo"])
def test_while_it_collects(where: str, install: Callable[..., Installation]) -> None:
    with DemoServer(DemoDataset(clients=5, projects=50), faults=Faults(latency=(0.5, 0.5))) as api:
        if where == "the demo":
            home = install(None, DATAMASTER_DEMO="--clients 5 --projects 50 --latency-ms 500")
            process = home.start("collect", "--demo")
            demo = home.home / "demo"
            found = listening(process, lambda: any(demo.rglob("phones.db")))
            assert found == {"127.0.0.1"}
        else:
            process = install(api).start("collect")
            assert listening(process, lambda: len(api.journal) > 5) == set()
        process.terminate()
        process.communicate(timeout=30)
