"""The layout is kept by a contract, and what only a string names can be imported."""

import ast
import importlib
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from core.systems import SYSTEMS
from devtools.exe_contents import SERVER_PACKAGES, SERVER_ROOMS, is_packed

ROOT = Path(__file__).parents[1]
_MODULE = re.compile(r"(core|gui)(\.[a-z_0-9]+)+")


def _python_files() -> list[Path]:
    return [ROOT / "app.py", *(ROOT / "core").rglob("*.py"), *(ROOT / "gui").rglob("*.py")]


def _named_in_strings() -> set[str]:
    """Modules that the code names in a text: neither linter nor type checker follows those."""
    found = set()
    for path in _python_files():
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                name = node.value
                if _MODULE.fullmatch(name) and _exists(name):
                    found.add(name)
    return found


def _exists(name: str) -> bool:
    """Whether the text means a module; a command's must, others may be loggers and the like."""
    place = ROOT / name.replace(".", "/")
    return place.with_suffix(".py").exists() or (place / "__init__.py").exists()


def test_modules_named_in_strings_can_be_imported() -> None:
    names = _named_in_strings()
    assert len(names) > 12
    for name in sorted(names):
        importlib.import_module(name)


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.name)
def test_a_system_exports_what_the_program_needs_of_it(system) -> None:
    commands = importlib.import_module(system.commands)
    assert commands.DATABASE.setting
    for name, (module, text) in commands.COMMANDS.items():
        command = importlib.import_module(module)
        assert callable(command.add_arguments), name
        assert callable(command.execute), name
        assert text()
    names = [field.name for field in importlib.import_module(system.settings).FIELDS]
    assert len(names) == len(set(names))


def test_what_servers_run_is_left_out_of_the_packed_program() -> None:
    assert is_packed("core.phones.engine.run")
    for room in SERVER_ROOMS:
        assert not is_packed(room)
        assert not is_packed(f"{room}.anything")


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """An empty house of the same rooms, under the project's own contract."""
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    layers = contract["contracts"][0]["layers"]
    for room in re.findall(r"\w+", " ".join(layers)):
        _room(tmp_path / "core" / room)
    for part in ("core", "gui"):
        _room(tmp_path / part)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def _room(folder: Path, text: str = "") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "__init__.py").write_text(text)


def _is_kept(house: Path) -> tuple[bool, str]:
    check = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"
    environment = {"PYTHONPATH": str(house), "PATH": ""}
    done = subprocess.run(
        [sys.executable, "-c", check], cwd=house, env=environment, capture_output=True, text=True
    )
    return done.returncode == 0, done.stdout + done.stderr


def test_an_empty_house_keeps_the_contract(house: Path) -> None:
    kept, said = _is_kept(house)
    assert kept, said


@pytest.mark.parametrize(
    ("room", "imports", "said"),
    [
        ("core/cars", "import core.phones", "core.cars is not allowed to import core.phones"),
        ("core/asking", "import core.phones", "core.asking is not allowed to import core.phones"),
        ("core/logs", "import core.cli", "core.logs is not allowed to import core.cli"),
        ("core/phones", "import gui", "core is not allowed to import gui"),
        ("core/attic", "", "core.attic"),
    ],
    ids=["systems apart", "ground below", "no arrow up", "no window below", "a room not placed"],
)
def test_whatever_breaks_the_layout_is_told(
    house: Path, room: str, imports: str, said: str
) -> None:
    _room(house / room, imports)
    kept, words = _is_kept(house)
    assert not kept
    assert said in " ".join(words.split())


def test_packages_that_are_left_out_are_none_that_the_desktop_needs() -> None:
    desktop = (ROOT / "requirements.txt").read_text("utf-8").lower()
    for package in SERVER_PACKAGES:
        assert f"\n{package.replace('_', '-')}==" not in f"\n{desktop}", package
