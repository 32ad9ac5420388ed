"""The pinned files belong together: what is tested is what is built and shipped."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
_PIN = re.compile(r"^([a-z0-9.-]+)==(\S+)((?: ;.*)?)(?= \\)", re.MULTILINE)


def _pins(name: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for package, version, _marker in _PIN.findall((ROOT / name).read_text("utf-8")):
        found.setdefault(package, set()).add(version)
    return found


def test_windows_is_built_from_the_tested_versions() -> None:
    tested = _pins("requirements.txt")
    for package, versions in _pins("requirements-dev.txt").items():
        tested.setdefault(package, set()).update(versions)
    built = _pins("requirements-windows.txt")
    assert len(built) > 40
    other = {name: found for name, found in built.items() if not found <= tested.get(name, found)}
    assert other == {}, "run: python dev.py pins"


@pytest.mark.parametrize("part", ["", "-server", "-dev", "-windows"])
def test_everything_is_pinned_with_hashes(part: str) -> None:
    text = (ROOT / f"requirements{part}.txt").read_text("utf-8")
    entries = re.findall(r"^[A-Za-z].*(?:\n .*)*", text, re.MULTILINE)
    assert len(entries) > 10
    for entry in entries:
        assert "==" in entry.splitlines()[0]
        assert "--hash=sha256:" in entry


@pytest.mark.parametrize("part", ["", "-server", "-dev"])
def test_everything_asked_for_is_pinned(part: str) -> None:
    pinned = _pins(f"requirements{part}.txt")
    for line in (ROOT / f"requirements{part}.in").read_text("utf-8").splitlines():
        if wanted := re.match(r"([A-Za-z0-9-]+)(?:\[\w+\])?(?:==(\S+?))?(?:;|$)", line):
            name, version = wanted[1].lower(), wanted[2]
            assert name in pinned, "run: python dev.py pins"
            assert version is None or version in pinned[name], "run: python dev.py pins"
