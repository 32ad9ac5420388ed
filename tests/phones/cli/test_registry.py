"""`app.py registry` as a process of its own."""

import csv
from collections.abc import Callable
from pathlib import Path

from core.phones.registry.made_up import write_made_up
from tests.phones.cli.conftest import Api, Installation


def rows_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_a_folder_is_loaded_shown_exported_and_removed(
    start_api: Callable[..., Api], install: Callable[..., Installation]
) -> None:
    home = install(start_api("--clients", "3", "--projects", "6", "--records", "900"))
    assert home.run("collect").returncode == 0
    assert "No registry" in home.run("registry").stdout
    assert home.run("export", "all", "--out", "before").returncode == 0
    assert not (home.home / "before" / "regions.csv").exists()

    folder = home.home / "реестр"
    folder.mkdir()
    write_made_up(folder)
    loaded = home.run("registry", "реестр")
    assert loaded.returncode == 0, loaded.stderr
    assert "3xx, 4xx, 8xx have no region" in loaded.stdout
    assert "Краснодарский край" in loaded.stdout
    assert home.run("registry").stdout == loaded.stdout

    assert home.run("export", "all", "--out", "after").returncode == 0
    located = rows_of(home.home / "after" / "located.csv")
    assert located[0][:4] == ["phone", "region", "operator", "operator_inn"]
    assert {"not allocated"} < {row[1] for row in located[1:]}
    regions = rows_of(home.home / "after" / "regions.csv")
    assert sum(int(row[2]) for row in regions[1:]) == len(located) - 1

    (home.home / "list.txt").write_text(f"{located[1][0]}\n", encoding="utf-8")
    assert home.run("lookup", "list.txt", "--out", "answer.csv").returncode == 0
    assert rows_of(home.home / "answer.csv")[1][-2:] == located[1][1:3]

    assert home.run("registry", "--remove").returncode == 0
    assert "No registry" in home.run("registry").stdout


def test_numbers_of_later_runs_are_counted(install: Callable[..., Installation]) -> None:
    home = install(DATAMASTER_DEMO="--clients 3 --projects 6 --records 600 --grow-records 300")
    assert home.run("collect", "--demo").returncode == 0
    assert home.run("registry", "--made-up", "--demo").returncode == 0
    assert home.run("collect", "--demo").returncode == 0
    for report in ("located", "regions"):
        done = home.run("export", report, "--demo", "--out", f"{report}.csv")
        assert done.returncode == 0, done.stderr
    counted = sum(int(row[2]) for row in rows_of(home.home / "regions.csv")[1:])
    assert counted == len(rows_of(home.home / "located.csv")) - 1


def test_what_is_no_registry_is_named(
    start_api: Callable[..., Api], install: Callable[..., Installation]
) -> None:
    home = install(start_api("--clients", "1", "--projects", "1", "--records", "10"))
    assert home.run("collect").returncode == 0
    (home.home / "a.csv").write_text("a;b\n1;2\n", encoding="utf-8")
    (home.home / "none").mkdir()
    for arguments, words in (
        (["a.csv"], "not a file of the registry"),
        (["none"], "no CSV files"),
        (["x.csv"], "cannot be read"),
        (["a.csv", "--remove"], "exclude each other"),
    ):
        done = home.run("registry", *arguments)
        assert done.returncode in {1, 2}, arguments
        assert words in done.stderr, (arguments, done.stderr)


def test_numbers_of_one_region_are_exported(install: Callable[..., Installation]) -> None:
    home = install(DATAMASTER_DEMO="--clients 3 --projects 6 --records 600")
    assert home.run("collect", "--demo").returncode == 0
    assert home.run("registry", "--made-up", "--demo").returncode == 0
    narrowed = ("--region", "краснодар", "--operator", 'ООО "Соты"', "--out", "one.csv")
    done = home.run("export", "located", "--demo", *narrowed)
    assert done.returncode == 0, done.stderr
    found = rows_of(home.home / "one.csv")[1:]
    assert found
    assert {tuple(row[1:3]) for row in found} == {("Краснодарский край", 'ООО "Соты"')}
    for arguments in (["located", "--region", "Нигде"], ["phones", "--region", "краснодар"]):
        assert home.run("export", *arguments, "--demo").returncode == 2
