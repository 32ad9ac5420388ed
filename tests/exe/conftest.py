import platform
import shutil
import sys
from collections.abc import Iterator

import pytest

from devtools import exe
from devtools.problem import Problem
from devtools.screen import virtual_screen
from devtools.system import is_debian_root
from devtools.wine import Wine
from tests.exe.packed import PackedProgram, unpack


def _can_build(system: str) -> str:
    """Empty, or why the program cannot be built for `system` here."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        return "only on Linux, x86-64"
    wanted = ["Xvfb"] + (["wine", "osslsigncode"] if system == "windows" else ["objdump"])
    missing = [name for name in wanted if shutil.which(name) is None]
    if missing and not is_debian_root():
        return f"needs {', '.join(missing)}"
    return ""


@pytest.fixture(scope="session", params=["windows", "linux"])
def program(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PackedProgram]:
    """The program, built if anything changed, in a folder as some users have them."""
    if reason := _can_build(request.param):
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("user") / "Тест папка"
    try:
        if request.param == "linux":
            results = exe.for_this_system(sys.executable)
        else:
            results = exe.for_windows(sys.executable)
    except Problem as problem:
        pytest.fail(str(problem), pytrace=False)
    with virtual_screen("1366x768x24") as display:
        wine = Wine(exe.WINE_PREFIX, display) if request.param == "windows" else None
        yield unpack(results, folder, display, wine)
        if wine is not None:
            wine.end()
