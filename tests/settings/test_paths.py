"""Where files live, wherever the program is started from."""

import os
import sys
from pathlib import Path

import pytest

from core.cli.main import build_parser
from core.database.errors import DatabaseDamaged
from core.errors import SettingsError
from core.phones.storage.explain import WORDS
from core.settings import paths
from core.settings.paths import Places, Risk, find_places, make_writable, risky_location
from core.systems import COMMAND_LINE
from tests.rights import ordinary_rights


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A packed program in a folder with a space and Cyrillic letters."""
    folder = tmp_path / "Моя программа"
    folder.mkdir()
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(folder / "DataMasterCollector.exe"))
    return folder


def test_portable_where_env_lies_beside_the_program(program: Path) -> None:
    (program / ".env").write_text("")
    places = find_places(environ={})
    assert (places.home, places.base, places.usual) == (program, program, False)
    assert places.env_file == program / ".env"
    assert find_places(demo=True, environ={}).base == program / "demo"


def test_application_data_otherwise(
    program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("")
    places = find_places(environ={})
    assert places.usual
    assert places.home.name == "DataMasterCollector"
    assert not places.home.is_relative_to(program)
    assert places.home != tmp_path
    if sys.platform == "linux":
        assert places.home == tmp_path / "share" / "DataMasterCollector"


@pytest.mark.usefixtures("program")
def test_packed_it_names_its_own_file_where_it_says_what_to_type() -> None:
    assert build_parser(COMMAND_LINE).prog == "DataMasterCollector.exe"
    assert (
        "DataMasterCollector.exe backup --restore" in DatabaseDamaged(Path("phones.db"), WORDS).hint
    )


def test_from_source_the_program_folder_is_that_of_app_py() -> None:
    assert (paths.program_folder() / "core" / "settings" / "paths.py").is_file()


def test_relative_and_absolute_paths(tmp_path: Path) -> None:
    places = Places(tmp_path / "home", demo=True)
    assert places.resolve(Path("data/x.db")) == tmp_path / "home" / "demo" / "data" / "x.db"
    assert places.resolve(tmp_path / "x.db") == tmp_path / "x.db"


def test_a_writable_folder_is_made_and_left_empty(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "б"
    make_writable(folder)
    assert list(folder.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError) as caught:
        make_writable(tmp_path / "file" / "folder")
    assert "file" in caught.value.message
    assert caught.value.hint


@pytest.mark.skipif(sys.platform != "linux", reason="/proc takes no files, even from root")
def test_a_read_only_folder_is_a_sentence() -> None:
    with pytest.raises(SettingsError, match="/proc"):
        make_writable(Path("/proc"))


def test_a_folder_without_rights_is_a_sentence(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with ordinary_rights(), pytest.raises(SettingsError, match="no rights"):
        make_writable(tmp_path / "new")
    tmp_path.chmod(0o700)


def test_synchronised_folders_are_risky(tmp_path: Path) -> None:
    assert risky_location(tmp_path / "phones.db", {}) is None
    assert risky_location(tmp_path / "OneDrive - Фирма" / "phones.db", {}) is Risk.CLOUD
    assert risky_location(tmp_path / "Яндекс.Диск" / "d" / "phones.db", {}) is Risk.CLOUD
    moved = {"OneDriveCommercial": str(tmp_path / "Work")}
    assert risky_location(tmp_path / "Work" / "phones.db", moved) is Risk.CLOUD
    assert risky_location(tmp_path / "Workshop" / "phones.db", moved) is None
    assert "phones.db" in Risk.CLOUD.sentence(tmp_path / "phones.db")


@pytest.mark.skipif(os.name != "nt", reason="paths of Windows shares")
def test_a_network_share_is_risky() -> None:
    assert risky_location(Path(r"\\server\share\phones.db"), {}) is Risk.NETWORK
