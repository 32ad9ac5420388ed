"""What stands on the screen after a run full of failures: no token, and no number in errors."""

import re
import tkinter as tk
from collections.abc import Iterator
from tkinter import ttk
from typing import Any

import pytest

from core.phones.datamaster.demo.dataset import DemoDataset
from core.phones.datamaster.demo.faults import Faults
from core.phones.datamaster.demo.server import DemoServer
from gui.views import VIEWS
from tests.gui.conftest import Stage, rows

pytestmark = pytest.mark.gui

TOKEN = "mrk-8f2c61e07b54"
BOT_TOKEN = "7001002003:mrk-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
DATA = DemoDataset(4, clients=5, projects=10, records=800, rejected_share=0.05)


def texts_of(widget: tk.Misc) -> Iterator[str]:
    """Everything that `widget` and what is in it say; not what an entry shows as dots."""
    for option in ("text", "title", "label"):
        try:
            yield str(widget.cget(option))
        except (tk.TclError, ValueError):
            continue
    match widget:
        case ttk.Treeview():
            for item in widget.get_children():
                yield from map(str, widget.item(item, "values"))
        case tk.Menu():
            for place in range((widget.index("end") or 0) + 1):
                if widget.type(place) not in ("separator", "tearoff"):
                    yield str(widget.entrycget(place, "label"))
        case tk.Text():
            yield widget.get("1.0", "end")
        case tk.Entry():
            yield "" if widget.cget("show") else widget.get()
        case tk.Canvas():
            for item in widget.find_all():
                if widget.type(item) == "text":
                    yield str(widget.itemcget(item, "text"))
    for child in widget.winfo_children():
        yield from texts_of(child)


def test_neither_token_nor_number_is_shown(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    first, second, *_ = DATA.project_ids()
    words = f"Номер +7 (907) 123-45-67 и 79071234567 с ключом {TOKEN} не обработан"
    faults = Faults(broken_projects={first: words, second: 404})
    with DemoServer(DATA, token=TOKEN, faults=faults) as server:
        window = stage.open(
            demo=False,
            DATAMASTER_API_URL=server.url,
            DATAMASTER_API_TOKEN=TOKEN,
            DATAMASTER_KEYRING="off",
            TELEGRAM_BOT_TOKEN=BOT_TOKEN,
            TELEGRAM_CHAT_ID="5",
            LOG_LEVEL="DEBUG",
            MAX_RETRIES="0",
        )
        window.view("collect").controls.buttons["start"].invoke()
        assert stage.finish_run().totals.errors == 2
        database = window.program.settings.database_path
        numbers = {phone[1:] for (phone,) in rows(database, "SELECT phone FROM phones")}
        shown: dict[str, list[str]] = {}
        for spec in VIEWS:
            window.navigate(spec.key)
            view = window.view(spec.key)
            if spec.key == "data":
                stage.until(lambda view=view: view.table.tree.get_children())
            elif spec.key == "runs":
                stage.until(lambda view=view: view.details.failures.tree.get_children())
            stage.turn(0.3)
            shown[spec.key] = list(texts_of(view))
        stage.closed()
    caplog.clear()  # the failures are on purpose

    everything = "\n".join(text for texts in shown.values() for text in texts)
    assert "не обработан" in everything, "the failed project is shown with its reason"
    for secret in (TOKEN, BOT_TOKEN, BOT_TOKEN.partition(":")[2]):
        assert secret not in everything
    assert any(_whole_numbers(text) & numbers for text in shown.pop("data")), "there they belong"
    for key, texts in shown.items():
        for text in texts:
            assert not _whole_numbers(text) & (numbers | {"79071234567"}), key
            assert "123-45-67" not in text, key


def _whole_numbers(text: str) -> set[Any]:
    return set(re.findall(r"\d{10,11}", re.sub(r"(?<=\d)[ ()-]+(?=\d)", "", text)))
