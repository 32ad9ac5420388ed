"""Two accounts on one machine, as processes of their own."""

from collections.abc import Callable
from pathlib import Path

from tests.phones.cli.conftest import Api, Installation
from tests.phones.storage.collected import Rows


def written(home: Path, api: Api, **settings: str) -> None:
    lines = {"DATAMASTER_API_URL": api.url, "DATAMASTER_API_TOKEN": api.token, **settings}
    (home / ".env").write_text(
        "".join(f"{name}={value}\n" for name, value in lines.items()), encoding="utf-8"
    )


def test_two_profiles_collect_at_once_each_for_itself(
    start_api: Callable[..., Api], install: Callable[..., Installation]
) -> None:
    first = start_api("--clients", "2", "--projects", "4", "--records", "300", "--seed", "1")
    second = start_api("--clients", "3", "--projects", "9", "--records", "500", "--seed", "2")
    home = install()
    del home.environment["RATE_LIMIT_DELAY"]  # each profile has its own
    made = home.run("profiles", "--new", "Агентство 2")
    assert made.returncode == 0, made.stderr
    folder = home.home / "profiles" / "Агентство 2"
    written(home.home, first, RATE_LIMIT_DELAY="0.2")
    written(folder, second, RATE_LIMIT_DELAY="0")

    slow = home.start("collect")
    fast = home.run("collect", "--profile", "Агентство 2")
    assert fast.returncode == 0, fast.stderr
    assert slow.poll() is None  # still at its own, slower pace
    _out, err = slow.communicate(timeout=120)
    assert slow.returncode == 0, err

    assert Rows(home.database).one("SELECT count(*) FROM clients") == 2
    assert Rows(folder / "data" / "phones.db").one("SELECT count(*) FROM clients") == 3
    assert (folder / "logs" / "collector.log").exists()
    status = home.run("--profile=агентство 2", "status", "--json")
    assert '"total_projects": 9' in status.stdout or '"projects": 9' in status.stdout
    listed = home.run("profiles", "--profile", "Агентство 2").stdout.splitlines()
    assert [line[:2] for line in listed] == ["  ", "* "]


def test_a_profile_that_is_not_there_makes_no_files(install: Callable[..., Installation]) -> None:
    home = install()
    for arguments in (
        ["collect", "--profile", "Анна"],
        ["status", "--profile=Анна"],
        ["export", "phones", "--profile", "Анна"],
        ["check", "--profile", ".."],
        ["collect", "--profile"],
    ):
        done = home.run(*arguments)
        assert done.returncode == 2, (arguments, done.stderr)
        assert "profile" in done.stderr
        assert "Traceback" not in done.stderr
    assert not (home.home / "profiles").exists()
    assert not (home.home / "data").exists()
