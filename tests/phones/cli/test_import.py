"""`app.py import` as a process of its own."""

from collections.abc import Callable

from tests.phones.cli.conftest import Api, Installation
from tests.phones.storage.collected import Rows


def test_taken_in_before_the_first_run_and_let_go(
    start_api: Callable[..., Api], install: Callable[..., Installation]
) -> None:
    api = start_api("--clients", "2", "--projects", "4", "--records", "300")
    first = install(api, "first")
    assert first.run("collect").returncode == 0
    assert first.run("export", "base", "--out", "база.db").returncode == 0

    home = install(api, "second")
    done = home.run("import", str(first.home / "база.db"))
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == "Import 1"
    assert home.run("collect").returncode == 0
    assert Rows(home.database).one("SELECT new_phones FROM runs WHERE id = 1") == 0
    assert "база.db" in home.run("import", "--list").stdout
    assert "Import" not in home.run("runs").stdout

    assert home.run("import", "--undo", "1").returncode == 0
    query = "SELECT new_phones FROM runs WHERE id = 1"
    assert Rows(home.database).one(query) == Rows(first.database).one(query)
    again = home.run("import", "--undo", "1")
    assert (again.returncode, "no import 1" in again.stderr) == (2, True)


def test_what_is_wrong_is_said(install: Callable[..., Installation]) -> None:
    home = install()
    (home.home / "a.csv").write_text("a;b\nx;y\n", encoding="utf-8")
    for arguments, words in (
        ([], "Name one of these"),
        (["a.csv", "--list"], "Name one of these"),
        (["a.csv"], "No column"),
        (["none.csv"], "cannot be read"),
        (["a.csv", "--column", "Q"], "no column Q"),
    ):
        done = home.run("import", *arguments)
        assert done.returncode in {1, 2}, arguments
        assert words in done.stderr, (arguments, done.stderr)
        assert "Traceback" not in done.stderr
    assert not home.run("import", "--list").stdout
