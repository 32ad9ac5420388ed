"""Names of profiles, and where their files lie."""

from pathlib import Path

import pytest

from core.errors import UsageError
from core.settings.paths import find_places, root_home
from core.settings.profiles import (
    PROFILE_VARIABLE,
    checked_name,
    make_profile,
    profiles,
    take_profile,
)


@pytest.mark.parametrize(
    ("given", "left"),
    [
        (["collect", "--profile", "Анна"], ["collect"]),
        (["--profile=Анна", "collect", "--demo"], ["collect", "--demo"]),
        (["--profile", "Анна"], []),
    ],
)
def test_the_option_may_stand_anywhere(given: list[str], left: list[str]) -> None:
    environ: dict[str, str] = {}
    assert take_profile(given, environ) == left
    assert environ == {PROFILE_VARIABLE: "Анна"}


def test_without_it_nothing_changes() -> None:
    environ: dict[str, str] = {}
    given = ["forget", "--", "--profile", "x"]
    assert take_profile(given, environ) == given
    assert not environ


@pytest.mark.parametrize(
    "name", ["", " ", ".", "..", "a/b", "a\\b", "con", "LPT1.txt", "x" * 41, "-x", "a:b", "конец."]
)
def test_what_cannot_be_a_name_is_refused(name: str) -> None:
    with pytest.raises(UsageError):
        checked_name(name)
    with pytest.raises(UsageError):
        take_profile(["collect", "--profile", name], {})


def test_a_profile_is_a_home_inside_the_home(tmp_path: Path) -> None:
    environ = {"DATAMASTER_HOME": str(tmp_path)}
    assert find_places(environ=environ).home == tmp_path
    folder = make_profile(tmp_path, "Агентство 2")
    assert profiles(tmp_path) == ["Агентство 2"]
    environ[PROFILE_VARIABLE] = "агентство 2"  # however it is capitalised
    places = find_places(environ=environ)
    assert (places.home, places.profile, places.usual) == (folder, "Агентство 2", False)
    assert find_places(demo=True, environ=environ).base == folder / "demo"
    assert root_home(environ) == tmp_path
    environ[PROFILE_VARIABLE] = "default"
    assert find_places(environ=environ).home == tmp_path


def test_one_that_is_not_there_is_named_with_what_to_do(tmp_path: Path) -> None:
    environ = {"DATAMASTER_HOME": str(tmp_path), PROFILE_VARIABLE: "Анна"}
    with pytest.raises(UsageError, match="no profile Анна") as caught:
        find_places(environ=environ)
    assert "profiles --new" in caught.value.hint
    assert not list(tmp_path.iterdir())


def test_no_two_of_one_name(tmp_path: Path) -> None:
    make_profile(tmp_path, "Анна")
    for name in ("анна", "default"):
        with pytest.raises(UsageError, match="already"):
            make_profile(tmp_path, name)
