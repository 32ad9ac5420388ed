"""Subcommands, options, exit codes, settings and reports in the pages are those of the code."""

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import dev
from core.cli import exit_codes
from core.cli.main import build_parser
from core.phones.cli import COMMANDS
from core.phones.reports.names import ReportName
from core.phones.settings.fields import BY_NAME
from core.phones.telegram.menu import COMMANDS as BOT_COMMANDS
from core.systems import COMMAND_LINE
from devtools.settings_tables import markdown_table
from tests.docs.pages import PAGES, ROOT, app_commands, app_commands_in, code, named, read, rows


def _options(command: str, behind: str = "") -> set[str]:
    """Of a command; `behind` is the one within a group of commands."""
    subparsers = next(
        action
        for action in build_parser(COMMAND_LINE, [command, behind])._actions
        if isinstance(action, argparse._SubParsersAction)
    )
    return _named(subparsers.choices[command]) - {"-h", "--help"}


def _named(parser: argparse.ArgumentParser) -> set[str]:
    """The options of a parser and of those below it."""
    found: set[str] = set()
    for action in parser._actions:
        found.update(action.option_strings)
        if isinstance(action, argparse._SubParsersAction):
            found.update(*map(_named, action.choices.values()))
    return found


def test_readme_lists_every_subcommand_with_its_options() -> None:
    listed = {}
    for command, text in rows("README.md", "| Command | What it does |"):
        words = command.strip("`").split()
        listed[words[1]] = set(re.findall(r"--[a-z-]+", text))
    assert set(listed) == set(COMMANDS)
    for command, options in listed.items():
        assert options | {"--demo"} == _options(command) | {"--demo"}, command


def test_all_but_those_of_a_server_know_the_demo() -> None:
    without = {name for name in COMMANDS if "--demo" not in _options(name)}
    assert without == {"serve", "tokens", "profiles"}


@pytest.mark.parametrize("page", PAGES)
def test_commands_of_the_pages_are_understood(page: str) -> None:
    for words in app_commands(page):
        _understand(words)


@pytest.mark.parametrize("name", ["collect.service", "serve.service", ".cron"])
def test_commands_of_the_deploy_files_are_understood(name: str) -> None:
    (file,) = (ROOT / "docs/deploy").glob(f"*{name}")
    commands = list(app_commands_in(file.read_text(encoding="utf-8").splitlines()))
    assert commands
    for words in commands:
        _understand(words)


def _understand(words: list[str]) -> None:
    """By the program's own parser: options, their values, and what may not be left out."""
    filled_in = [_PLACEHOLDERS.get(word, word) for word in words]
    try:
        build_parser(COMMAND_LINE, filled_in).parse_args(filled_in)
    except SystemExit as ended:
        if ended.code:
            pytest.fail(f"not understood: {' '.join(words)}")
    # argparse would take a shortened option, too.
    assert {word for word in words if word.startswith("--")} <= _options(*words[:2]), words


_PLACEHOLDERS = {"REPORT": str(ReportName.NEW), "SCOPE": "read", "ID": "1"}


@pytest.mark.parametrize("page", ["README.md", "docs/server.md"])
def test_exit_codes_are_those_of_the_code(page: str) -> None:
    header = next(line for line in read(page).splitlines() if line.startswith("| Exit code |"))
    wanted = {
        exit_codes.DONE,
        exit_codes.FAILED,
        exit_codes.WRONG_USAGE,
        exit_codes.SOME_FAILED,
        exit_codes.STOPPED,
    }
    assert {int(row[0]) for row in rows(page, header)} == wanted


def test_settings_table_is_that_of_the_code() -> None:
    made = markdown_table()
    assert made in read("docs/settings.md"), "run: python -m devtools.settings_tables --markdown"


@pytest.mark.parametrize("page", PAGES)
def test_settings_named_in_the_pages_exist(page: str) -> None:
    written = " ".join([*named(page), *code(page, "")])
    names = set(re.findall(r"\b(?:DATAMASTER|TELEGRAM|DAILY|BACKUP|OUTAGE)_[A-Z_]+\b", written))
    assert names - {"DATAMASTER_HOME", "DATAMASTER_PROFILE"} <= set(BY_NAME)


def test_reports_of_readme_are_those_of_the_code() -> None:
    sentence = re.search(r"The reports are (.*?)\.\n", read("README.md"), re.DOTALL)
    assert sentence is not None
    assert re.findall(r"`(\w+)`", sentence[1]) == [str(name) for name in ReportName]


@pytest.mark.parametrize("page", ["docs/guide.ru.md", "docs/guide.en.md"])
def test_bot_commands_of_the_guides_are_those_of_the_code(page: str) -> None:
    listed = [name[1:] for name in named(page) if re.fullmatch(r"/[a-z]+", name)]
    assert listed == [command.name for command in BOT_COMMANDS]


@pytest.mark.parametrize("page", PAGES)
def test_tasks_of_dev_py_exist(page: str) -> None:
    written = "\n".join([*named(page), *code(page, "")])
    for word in re.findall(r"python dev\.py ([a-z]+)", written):
        assert word in dev.TASKS


def test_version_of_the_changelog_is_that_of_the_program() -> None:
    from core import __version__

    newest = re.search(r"^## (\S+)", read("CHANGELOG.md"), re.MULTILINE)
    assert newest is not None
    assert newest[1] in ("Unreleased", __version__)


def _app(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "DATAMASTER_HOME": str(home),
        "DATAMASTER_DEMO": "--clients 3 --projects 5 --records 300",
        "RATE_LIMIT_DELAY": "0",
        "LANGUAGE": "en",
    }
    return subprocess.run(
        [sys.executable, ROOT / "app.py", *words],
        env=environment,
        cwd=home,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.slow
def test_the_subcommands_of_readme_run_on_the_demo(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("+79070000001\n", encoding="utf-8")
    arguments = {
        "export": ["all"],
        "forget": ["+79070000001"],
        "lookup": [str(tmp_path / "list.txt")],
        "import": [str(tmp_path / "list.txt")],
        "tokens": ["list"],
    }
    commands = [
        row[0].strip("`").split()[1] for row in rows("README.md", "| Command | What it does |")
    ]
    assert commands[0] == "collect"
    for command in commands:
        words = [command, *arguments.get(command, [])]
        # Without Telegram and a time there is nothing to serve; everything of the demo is read.
        wanted = {"serve": 2, "continue": 1}.get(command, 0)
        demo = [] if command in {"serve", "profiles", "tokens"} else ["--demo"]
        done = _app(tmp_path, *words, *demo)
        assert done.returncode == wanted, (words, done.stdout, done.stderr)
        assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.slow
def test_the_commands_for_administrators_run_on_the_demo(tmp_path: Path) -> None:
    """In the order of the page, `collect` first. `serve` would wait; its words are parsed above."""
    commands = [words for words in app_commands("docs/server.md") if words[0] != "serve"]
    assert commands[0][0] == "collect"
    (tmp_path / "copies").mkdir()
    for words in commands:
        backups = sorted((tmp_path / "demo/data/backups").glob("*"))
        places = {
            "/mnt/backup/": f"{tmp_path / 'copies'}/",
            "FILE": str(backups[-1]) if backups else "",
            "NEW_FILE": str(tmp_path / "saved.db"),
        }
        demo = [] if words[0] in {"tokens", "profiles"} else ["--demo"]
        done = _app(tmp_path, *(places.get(word, word) for word in words), *demo)
        wanted = 1 if words == ["continue"] else 0  # everything was read
        assert done.returncode == wanted, (words, done.stdout, done.stderr)
        assert "Traceback" not in done.stdout + done.stderr
    assert list((tmp_path / "copies").iterdir())
    assert (tmp_path / "saved.db").exists()


@pytest.mark.slow
def test_data_lies_where_readme_says(tmp_path: Path) -> None:
    assert _app(tmp_path, "collect", "--demo").returncode == 0
    assert _app(tmp_path, "backup", "--demo").returncode == 0
    assert _app(tmp_path, "export", "summary", "--demo").returncode == 0
    for _what, place in rows("README.md", "| | |"):
        assert (tmp_path / "demo" / place.strip("`")).exists(), place


def test_a_python_without_the_packages_says_what_to_do() -> None:
    done = subprocess.run(  # -S: without what is installed
        [sys.executable, "-S", "-E", ROOT / "app.py"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "dev.py demo" in done.stderr
    assert "Traceback" not in done.stderr
