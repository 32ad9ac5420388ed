"""What other programs are asked to show."""

from pathlib import PureWindowsPath
from types import SimpleNamespace

import pytest

from gui import opening


@pytest.mark.parametrize("name", ["Мои отчёты\\рост, май.csv", "report.csv", "a,b.csv"])
def test_explorer_gets_the_file_in_quotation_marks_of_its_own(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Explorer reads its command line by itself, and takes a comma for the end of a path."""
    called: list[str] = []

    def started(command: str, *, umask: int) -> None:
        called.append(command)

    monkeypatch.setattr(opening.sys, "platform", "win32")
    monkeypatch.setattr(opening, "subprocess", SimpleNamespace(Popen=started))
    monkeypatch.setenv("SYSTEMROOT", "C:\\Windows")
    file = PureWindowsPath("C:\\Users\\И. Петров", name)
    assert opening.show_in_folder(file)  # type: ignore[arg-type]
    assert called[0].endswith(f'explorer.exe" /select,"{file}"')
