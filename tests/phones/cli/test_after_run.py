"""`app.py after-run` as a process of its own."""

from collections.abc import Callable

from tests.phones.cli.conftest import Api, Installation


def test_rules_are_carried_out_after_each_run(
    start_api: Callable[..., Api], install: Callable[..., Installation]
) -> None:
    home = install(start_api("--clients", "2", "--projects", "4", "--records", "300"))
    assert home.run("collect").returncode == 0
    assert "Nothing is done" in home.run("after-run").stdout
    added = home.run("after-run", "--add", "new", "--folder", "новые", "--only-new")
    assert added.returncode == 0, added.stderr
    assert home.run("after-run", "--add", "clients", "--format", "csv").returncode == 0

    now = home.run("after-run", "--now")
    assert now.returncode == 0, now.stderr
    (file,) = (home.home / "новые").iterdir()
    assert str(file) in now.stdout

    done = home.run("collect")
    assert done.returncode == 0
    assert "New numbers of a run: nothing new" in done.stdout
    assert "Clients: 2 rows" in done.stdout
    listed = home.run("after-run").stdout
    assert "1  New numbers of a run, Excel, only if there is something new" in listed
    assert "Clients: 2 rows" in listed

    assert home.run("after-run", "--remove", "1").returncode == 0
    assert home.run("after-run", "--remove", "1").returncode == 2
    unknown = home.run("after-run", "--add", "new", "--clients", "нет такого")
    assert (unknown.returncode, "нет такого" in unknown.stderr) == (2, True)
