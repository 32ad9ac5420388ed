"""Scenes of what an operator does with the numbers, for docs/screenshots."""

import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from devtools.photographer import Photographer

Wish = Callable[[], bool] | int


def work_scenes(photographer: "Photographer") -> Iterator[Wish]:
    """A list checked, a base taken in, a registry, rules and accounts; each with something in it.

    After runs of the demo. Leaves the database as it was but for a rule.
    """
    with tempfile.TemporaryDirectory() as folder:
        yield from _dialogs(photographer, Path(folder))
        yield from _checked(photographer)
    yield from _located(photographer)


def _checked(photographer: "Photographer") -> Iterator[Wish]:
    """A list of known, new, repeated and spoilt numbers."""
    from gui.views.check_job import Given

    window = photographer.window
    window.navigate("check")
    yield photographer.at_rest()
    photographer.shoot("check-empty")
    with closing(sqlite3.connect(window.program.settings.database_path)) as db:
        known = [row[0] for row in db.execute("SELECT phone FROM phones ORDER BY id LIMIT 40")]
    lines = ["Клиент;Телефон"]
    for number, phone in enumerate(known):
        lines.append(f"Окна;8 ({phone[2:5]}) {phone[5:8]}-{phone[8:10]}-{phone[10:]}")
        if number % 4 == 0:
            lines.append(f"Двери;+7907999{number:04d}")
        if number % 7 == 0:
            lines += [f"Двери;{phone}", "Кухни;нет телефона"]
    view = window.view("check")
    view.bring(Given("Обзвон.csv", text="\n".join(lines)))
    yield lambda: bool(view.settled)
    yield photographer.at_rest()
    photographer.shoot("check")


def _dialogs(photographer: "Photographer", folder: Path) -> Iterator[Wish]:
    from gui.dialogs.after_run import AfterRunDialog
    from gui.dialogs.import_columns import ImportColumnsDialog
    from gui.dialogs.profiles import ProfilesDialog
    from gui.dialogs.registry import RegistryDialog
    from gui.dialogs.take_in import TakeInDialog

    base = folder / "База 2024.csv"
    rows = [f"+7907000{n:04d};0{n % 9 + 1}.05.2024" for n in range(800)]
    base.write_text("\n".join(["Телефон;Впервые", *rows]), encoding="utf-8")

    def make_profile(dialog: Any) -> None:
        dialog.name.put("Агентство 2")
        dialog.make()

    window = photographer.window
    acts: tuple[tuple[str, type[Any], Callable[[Any], Any]], ...] = (
        ("take-in-a-base", TakeInDialog, lambda dialog: dialog.look(base)),
        ("registry", RegistryDialog, lambda dialog: dialog.made_up_button.invoke()),
        ("after-each-run", AfterRunDialog, lambda dialog: dialog.start()),
        ("accounts", ProfilesDialog, make_profile),
    )
    for name, kind, act in acts:
        dialog = window.dialog(kind)
        dialog.ask()
        yield photographer.at_rest()
        act(dialog)
        yield lambda dialog=dialog: not getattr(dialog, "busy", False)  # type: ignore[misc]
        yield photographer.at_rest()
        if kind is TakeInDialog:
            photographer.shoot("columns-of-a-base")
            window.dialog(ImportColumnsDialog).accept()
            yield lambda dialog=dialog: not dialog.busy  # type: ignore[misc]
            yield photographer.at_rest()
        photographer.shoot(name)
        if kind is TakeInDialog:
            dialog.undo(1)
            yield lambda dialog=dialog: not dialog.busy  # type: ignore[misc]
        dialog.cancel()
        yield 200


def _located(photographer: "Photographer") -> Iterator[Wish]:
    """Data and Growth with the registry that `_dialogs` has loaded."""
    window = photographer.window
    window.navigate("data")
    yield photographer.at_rest()
    photographer.shoot("data-places")
    window.navigate("dashboard")
    yield photographer.at_rest()
    window.view("dashboard").area.canvas.yview_moveto(1.0)
    yield photographer.at_rest()
    photographer.shoot("dashboard-places")
    window.navigate("collect")
    yield 200
