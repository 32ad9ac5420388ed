"""Links lead somewhere, named files exist, deploy files are sound."""

import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable

import pytest

from gui.dialogs.guide_text import Kind, anchor, blocks
from tests.docs.pages import PAGES, ROOT, app_commands, headings, links, named, read, rows

_TOP = ("app.py", "dev.py", "build.spec", "README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md")
_PATH = re.compile(r"(?:core|gui|docs|tests|devtools|benchmarks|assets)/[\w./*-]*")


@pytest.mark.parametrize("look", [links, named, headings, app_commands])
def test_what_the_tests_look_for_is_in_the_pages(look: Callable[[str], Iterable[object]]) -> None:
    """A page may be without it; all of them are not."""
    assert sum(len(list(look(page))) for page in PAGES) > 20


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    for target in links(page):
        path, _, fragment = target.partition("#")
        if path.startswith("https://") or path == "../../releases":  # of the hosting site
            continue
        place = (ROOT / page).parent / path if path else ROOT / page
        assert place.exists(), target
        if fragment:
            inside = place.relative_to(ROOT).as_posix()
            assert fragment in {anchor(heading) for heading in headings(inside)}, target


@pytest.mark.parametrize("page", PAGES)
def test_named_files_exist(page: str) -> None:
    for name in named(page):
        if name in _TOP or _PATH.fullmatch(name):
            assert list(ROOT.glob(name.rstrip("/"))), name


def test_files_of_the_architecture_lie_where_it_says() -> None:
    found = 0
    for where, what in rows("docs/architecture.md", "| Where | What |"):
        folder = ROOT / where.split("`")[1]
        for name in re.findall(r"`(\w+\.py)`", what):
            assert (folder / name).exists() or (ROOT / name).exists(), (where, name)
            found += 1
    assert found > 15


def test_both_guides_have_the_same_parts() -> None:
    guides = [list(blocks(read(f"docs/guide.{language}.md"))) for language in ("en", "ru")]
    kinds = [[block.kind for block in guide if block.kind is not Kind.TEXT] for guide in guides]
    assert kinds[0] == kinds[1]


@pytest.mark.parametrize("language", ["en", "ru"])
def test_guide_can_be_read_in_a_quarter_of_an_hour(language: str) -> None:
    assert len(read(f"docs/guide.{language}.md").split()) < 3000  # some 200 words a minute


def test_task_is_xml_as_windows_wants_it() -> None:
    data = (ROOT / "docs/deploy/datamaster-task.xml").read_bytes()
    assert data.startswith(b"\xff\xfe")
    task = ET.fromstring(data)
    space = {"t": "http://schemas.microsoft.com/windows/2004/02/mit/task"}
    assert task.findtext(".//t:Arguments", namespaces=space) == "collect --mode quick"
    command = task.findtext(".//t:Command", namespaces=space)
    assert command is not None
    assert command in read("docs/server.md").replace('\\"', '"')


def test_systemd_units_are_sound() -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not here")
    units = sorted((ROOT / "docs/deploy").glob("*.service")) + sorted(
        (ROOT / "docs/deploy").glob("*.timer")
    )
    assert len(units) == 3
    done = subprocess.run(
        ["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False
    )
    # The program is not installed on this computer; everything else must be right.
    complaints = [
        line
        for line in done.stderr.splitlines()
        if line and "/opt/datamaster" not in line and "Unit configuration has fatal" not in line
    ]
    assert not complaints
