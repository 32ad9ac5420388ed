"""A picture without words is explained beside the pointer, in every view and dialog."""

import tkinter as tk
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gui.dialogs.about import AboutDialog
from gui.dialogs.after_run import AfterRunDialog
from gui.dialogs.backups import BackupsDialog
from gui.dialogs.export import ExportDialog
from gui.dialogs.forget import ForgetDialog
from gui.dialogs.guide import GuideDialog
from gui.dialogs.pick import PickDialog
from gui.dialogs.profiles import ProfilesDialog
from gui.dialogs.recovery import RecoveryDialog
from gui.dialogs.registry import RegistryDialog
from gui.dialogs.take_in import TakeInDialog
from gui.dialogs.tasks import ReportDialog, RevalidateDialog
from gui.dialogs.what_to_collect import WhatToCollect
from gui.views import VIEWS, WELCOME
from gui.widgets.buttons import Button
from tests.gui.conftest import Stage, open_on

pytestmark = pytest.mark.gui

DIALOGS = (
    AboutDialog, AfterRunDialog, BackupsDialog, ExportDialog, ForgetDialog, GuideDialog,
    PickDialog, ProfilesDialog, RecoveryDialog, RegistryDialog, ReportDialog, RevalidateDialog,
    TakeInDialog, WhatToCollect,
)  # fmt: skip


def unexplained(widget: tk.Misc) -> Iterator[str]:
    for child in widget.winfo_children():
        bare = isinstance(child, Button) and child._image_name and not child.cget("text")
        if bare and child.winfo_manager():  # one that is not placed gets its words when it is
            words: Any = getattr(child, "explained", None)
            if words is None or not words():
                yield f"{child._image_name}: {child}"
        yield from unexplained(child)


def test_pictures_without_words_are_explained(stage: Stage, database: Path) -> None:
    window = open_on(stage, database, "collect")
    for spec in (*VIEWS, WELCOME):
        window.view(spec.key)
    for dialog in DIALOGS:
        window.dialog(dialog)
    assert not list(unexplained(window))
