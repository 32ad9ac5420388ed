import platform
import shutil
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from devtools import exe
from devtools.problem import Problem
from devtools.screen import virtual_screen
from devtools.system import is_debian_root
from devtools.wine import Wine
from tests.exe.packed import PackedProgram, unpack

BUILDERS = {"windows": exe.for_windows, "linux": exe.for_this_system}


def _can_build(system: str) -> str:
    """Empty, or why the program cannot be built for `system` here."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        return "only on Linux, x86-64"
    wanted = ["Xvfb"] + (["wine", "osslsigncode"] if system == "windows" else ["objdump"])
    missing = [name for name in wanted if shutil.which(name) is None]
    if missing and not is_debian_root():
        return f"needs {', '.join(missing)}"
    return ""


@pytest.fixture(scope="session")
def builds(request: pytest.FixtureRequest) -> Iterator[dict[str, Future[Path]]]:
    """Where the results for each system will be; all are built at the same time."""
    wanted = {
        item.callspec.params["program"]
        for item in request.session.items
        if isinstance(item, pytest.Function) and "program" in item.fixturenames
    }
    with ThreadPoolExecutor() as pool:
        yield {
            system: pool.submit(BUILDERS[system], sys.executable)
            for system in sorted(wanted)
            if not _can_build(system)
        }


@pytest.fixture(scope="session", params=BUILDERS)
def program(
    request: pytest.FixtureRequest,
    builds: dict[str, Future[Path]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[PackedProgram]:
    """The program, built if anything changed, in a folder as some users have them."""
    system = request.param
    if reason := _can_build(system):
        pytest.skip(reason)
    try:
        results = builds[system].result()
    except Problem as problem:
        pytest.fail(str(problem), pytrace=False)
    folder = tmp_path_factory.mktemp("user") / "Тест папка"
    with virtual_screen("1400x900x24") as display:
        wine = Wine(exe.WINE_PREFIX, display) if system == "windows" else None
        yield unpack(results, folder, display, wine)
        if wine is not None:
            wine.end()
