"""The catalogues hold every text of the program, well translated, and the tool that says so."""

import ast

import pytest
from babel.messages import Message
from babel.messages.mofile import read_mo

from core.i18n import LANGUAGES, SOURCE_LANGUAGE
from devtools import messages


def test_every_language_is_kept_up_to_date():
    assert set(messages.LANGUAGES) == set(LANGUAGES) - {SOURCE_LANGUAGE}


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_every_text_is_translated(language):
    """Fails with the list of what to do; `python dev.py messages` does the mechanical part."""
    assert list(messages.problems(language)) == []


def test_texts_are_written_out_where_they_are_translated():
    """`_(variable)` and `_(f"...")` work in English only: nobody collects them."""
    hidden = []
    for path in messages.source_files():
        for node in ast.walk(ast.parse(path.read_bytes())):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            texts = {"_": 1, "ngettext": 2, "pgettext": 2}.get(node.func.id, 0)
            if not all(isinstance(text, ast.Constant) for text in node.args[:texts]):
                hidden.append(f"{path.relative_to(messages.ROOT)}:{node.lineno}")
    assert hidden == []


@pytest.mark.parametrize(
    ("original", "translation", "fault"),
    [
        ("Stop", "", "not translated"),
        (("{n} day", "{n} days"), ("{n} день", "", "{n} дней"), "not translated"),
        ("Run {id}", "Запуск", "other placeholders: Запуск"),
        ("Run {id}", "Запуск {ид}", "other placeholders: Запуск {ид}"),
        ("{n:g}", "{n}", "other placeholders: {n}"),
        ("Stop.", "Стоп", "begins or ends with other space or another mark: Стоп"),
        (" or ", "или", "begins or ends with other space or another mark: или"),
    ],
)
def test_faults_of_a_translation(original, translation, fault):
    assert fault in list(messages.faults(Message(original, translation)))


def test_a_fuzzy_translation_is_a_fault():
    assert list(messages.faults(Message("Stop", "Стоп", flags=["fuzzy"]))) == ["fuzzy"]
    assert list(messages.faults(Message("Stop", "Стоп"))) == []


@pytest.fixture
def small_program(monkeypatch, tmp_path):
    """A program of one file, whose catalogues are its own."""
    (tmp_path / "core").mkdir()
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    monkeypatch.setattr(messages, "LOCALE", tmp_path / "assets" / "locale")
    monkeypatch.setattr("sys.argv", ["messages"])

    def write(code):
        (tmp_path / "core" / "texts.py").write_text(code, encoding="utf-8")

    return write


def test_the_tool_keeps_translations_and_drops_what_is_gone(small_program, capsys):
    small_program('_("Stop")\n_("Gone")\n')
    assert messages.main() == 1
    assert "ru: Stop: not translated" in capsys.readouterr().out

    po = messages.po_path("ru")
    po.write_text(
        po.read_text(encoding="utf-8").replace('"Stop"\nmsgstr ""', '"Stop"\nmsgstr "Стоп"'),
        encoding="utf-8",
    )
    small_program('_("Stop")\nngettext("{n} day", "{n} days", 2)\n')
    assert messages.main() == 1
    assert "Gone" not in po.read_text(encoding="utf-8")
    with messages.mo_path("ru").open("rb") as file:
        assert read_mo(file).get("Stop").string == "Стоп"

    small_program('_("Stop")\n')
    assert messages.main() == 0


def test_the_check_changes_nothing(small_program, monkeypatch, capsys):
    small_program("")
    assert messages.main() == 0
    before = messages.po_path("ru").read_bytes()
    small_program('_("Stop")\n')
    monkeypatch.setattr("sys.argv", ["messages", "--check"])
    assert messages.main() == 1
    assert "does not hold exactly the texts of the code" in capsys.readouterr().out
    assert messages.po_path("ru").read_bytes() == before
