"""Help > User guide: what it shows of docs/guide.*.md."""

from pathlib import Path

import pytest

from gui.dialogs.guide import DOCS, GuideDialog
from gui.dialogs.guide_text import Kind, anchor, blocks
from tests.gui.conftest import Stage

pytestmark = pytest.mark.gui


def test_lines_of_a_paragraph_and_of_an_item_belong_together() -> None:
    text = "# Title\n\nOne\ntwo.\n\n- first\n  goes on\n2. second\n\n![picture](a/b.png)\n"
    found = [(block.kind, block.mark, block.text) for block in blocks(text)]
    assert found == [
        (Kind.TITLE, "", "Title"),
        (Kind.TEXT, "", "One two."),
        (Kind.ITEM, "•", "first goes on"),
        (Kind.ITEM, "2.", "second"),
        (Kind.PICTURE, "", "picture"),
    ]


def test_bold_code_and_links_within_a_text() -> None:
    block = next(blocks("Press **Start** or `F5`, see [stop](#stop-and-go)."))
    assert [(span.text, span.look, span.target) for span in block.spans()] == [
        ("Press ", "", ""),
        ("Start", "bold", ""),
        (" or ", "", ""),
        ("F5", "code", ""),
        (", see ", "", ""),
        ("stop", "link", "#stop-and-go"),
        (".", "", ""),
    ]


def test_anchors_are_those_of_github() -> None:
    assert anchor("Что делать, если…") == "что-делать-если"
    assert anchor("Full, quick and smart") == "full-quick-and-smart"


@pytest.mark.parametrize("language", ["en", "ru"])
def test_window_shows_the_whole_guide(stage: Stage, language: str) -> None:
    window = stage.open(LANGUAGE=language)
    stage.until(window.focus_displayof)  # keys go to nobody before
    window.event_generate("<F1>")
    dialog = window.dialog(GuideDialog)
    stage.until(lambda: dialog.winfo_viewable())
    wanted = list(blocks((DOCS / f"guide.{language}.md").read_text("utf-8")))
    pictures = sum(block.kind is Kind.PICTURE for block in wanted)
    stage.until(lambda: len(dialog.text.image_names()) == pictures)
    shown = dialog.text.get("1.0", "end")
    for block in wanted:
        assert "".join(span.text for span in block.spans()) in shown
    assert "**" not in shown
    assert "`" not in shown


def test_link_leads_to_its_heading(stage: Stage) -> None:
    window = stage.open(LANGUAGE="en")
    window.open_guide()
    dialog = window.dialog(GuideDialog)
    stage.until(lambda: dialog.winfo_viewable())
    place = dialog.text.tag_ranges("#keys")[0]
    dialog.text.see(place)
    stage.until(lambda: dialog.text.bbox(place))
    x, y, *_size = dialog.text.bbox(place)
    dialog.text.event_generate("<Motion>", x=x + 4, y=y + 4)
    dialog.text.event_generate("<Button-1>", x=x + 4, y=y + 4)
    stage.turn()
    assert dialog.text.yview()[1] == 1.0  # the last heading of the guide
    top, bottom = dialog.text.index("@0,0"), dialog.text.index(f"@0,{dialog.text.winfo_height()}")
    assert dialog.text.compare(top, "<=", "#keys")
    assert dialog.text.compare("#keys", "<=", bottom)


def test_missing_guide_is_said(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("gui.dialogs.guide.DOCS", tmp_path)
    window = stage.open(LANGUAGE="en")
    window.open_guide()
    assert "guide.en.md" in window.dialog(GuideDialog).text.get("1.0", "end")
