"""The nightly run finds no database where one was: it must not begin a new one without a word."""

from collections.abc import Callable

from tests.phones.cli.conftest import Installation


def test_a_missing_database_is_told_before_a_new_one_is_made(
    install: Callable[..., Installation],
) -> None:
    home = install()
    collect = ("collect", "--demo", "--limit-clients", "1")
    assert home.run(*collect).returncode == 0
    assert home.run("backup", "--demo").returncode == 0
    database = home.home / "demo" / "data" / "phones.db"
    for file in database.parent.glob("phones.db*"):
        file.unlink()
    (backup,) = (database.parent / "backups").iterdir()

    refused = home.run(*collect)
    assert refused.returncode == 1
    assert str(backup) in refused.stdout
    assert "backup --restore" in refused.stdout
    assert "--new" in refused.stdout
    assert not database.exists()
    assert home.run("continue", "--demo").returncode == 1
    assert not database.exists()

    assert home.run(*collect, "--new").returncode == 0
    assert database.exists()
    assert home.run(*collect).returncode == 0
