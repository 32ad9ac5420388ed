"""The catalogues of translated texts: python -m devtools.messages (or python dev.py messages).

Collects the texts of the code, adds new ones to each `collector.po` (empty: they wait for a
translator), takes out those that are gone, and compiles `collector.mo`. Then it lists what is not
in order; with `--check` it only does that. Both files are kept in the repository, so that the
program speaks Russian from a fresh copy. After a merge conflict in them: keep both sides of the
.po, either one of the .mo, and run this.
"""

import argparse
import io
import string
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
LOCALE = ROOT / "assets" / "locale"
DOMAIN = "collector"
SOURCES = ("app.py", "core", "gui")
KEYWORDS = {"_": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
LANGUAGES = ("ru",)

# Always the same, so that the files change only where a text does.
_DATE = datetime(2026, 1, 1, tzinfo=UTC)


def po_path(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def mo_path(language: str) -> Path:
    return po_path(language).with_suffix(".mo")


def extract() -> Catalog:
    """Every text of the code, with the files it stands in."""
    catalog = Catalog(domain=DOMAIN)
    for path in source_files():
        name = path.relative_to(ROOT).as_posix()
        for line, message, comments, context in extract_from_file(
            "python", path, keywords=KEYWORDS, comment_tags=("Translators:",)
        ):
            catalog.add(message, None, [(name, line)], auto_comments=comments, context=context)
    return catalog


def read(language: str) -> Catalog:
    """The translations as they are kept; none where there is no file yet."""
    if not po_path(language).exists():
        return Catalog(locale=language, domain=DOMAIN)
    with po_path(language).open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN, abort_invalid=True)


def brought_up_to_date(language: str, template: Catalog) -> Catalog:
    """The translations of exactly the texts in `template`."""
    catalog = read(language)
    catalog.update(template, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    catalog.project, catalog.version = "DataMaster Collector", "1"
    catalog.header_comment = f"# Texts of DataMaster Collector: {language}."
    catalog.copyright_holder = catalog.msgid_bugs_address = catalog.last_translator = ""
    catalog.language_team = language
    catalog.creation_date = catalog.revision_date = _DATE
    catalog.fuzzy = False
    return catalog


def po_bytes(catalog: Catalog) -> bytes:
    file = io.BytesIO()
    write_po(file, catalog, width=100, sort_output=True, include_lineno=False)
    return file.getvalue()


def mo_bytes(catalog: Catalog) -> bytes:
    file = io.BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def problems(language: str) -> Iterator[str]:
    """What is not in order with a language, a line each."""
    current = brought_up_to_date(language, extract())
    if po_path(language).read_bytes() != po_bytes(current):
        yield f"{language}: collector.po does not hold exactly the texts of the code"
    if not mo_path(language).exists() or mo_path(language).read_bytes() != mo_bytes(current):
        yield f"{language}: collector.mo is not compiled from collector.po"
    for message in current:
        if message.id:
            yield from (
                f"{language}: {_forms(message.id)[0]}: {fault}" for fault in faults(message)
            )


def faults(message: Message) -> Iterator[str]:
    """What is wrong with one translation."""
    originals, translations = _forms(message.id), _forms(message.string)
    if message.fuzzy:
        yield "fuzzy"
    if not all(translations):
        yield "not translated"
        return
    wanted = {frozenset(_placeholders(original)) for original in originals}
    for translation in translations:
        if frozenset(_placeholders(translation)) not in wanted:
            yield f"other placeholders: {translation}"
        if _edges(translation) != _edges(originals[0]):
            yield f"begins or ends with other space or another mark: {translation}"


def _placeholders(text: str) -> Iterator[tuple[str, str]]:
    """Name and form of each `{name:form}`."""
    for _literal, name, form, conversion in string.Formatter().parse(text):
        if name is not None:
            yield name, f"{conversion or ''}:{form or ''}"


ABBREVIATED = ("тыс.",)  # with a point that ends no sentence


def _edges(text: str) -> tuple[str, str, bool]:
    """What must not differ: spaces at the ends, and whether it ends like a sentence."""
    start = text[: len(text) - len(text.lstrip())]
    end = text[len(text.rstrip()) :]
    ends = text.rstrip().endswith((".", "?", "!", "…", ":"))
    return start, end, ends and not text.rstrip().endswith(ABBREVIATED)


def _forms(text: object) -> list[str]:
    """The singular and plural forms of an original or a translation; one where it has no plural."""
    return (
        [str(form or "") for form in text] if isinstance(text, list | tuple) else [str(text or "")]
    )


def source_files() -> Iterator[Path]:
    for source in SOURCES:
        path = ROOT / source
        yield from sorted(path.rglob("*.py")) if path.is_dir() else filter(Path.exists, [path])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="change nothing")
    only_check = parser.parse_args().check
    found: list[str] = []
    for language in LANGUAGES:
        if not only_check:
            catalog = brought_up_to_date(language, extract())
            po_path(language).parent.mkdir(parents=True, exist_ok=True)
            po_path(language).write_bytes(po_bytes(catalog))
            mo_path(language).write_bytes(mo_bytes(catalog))
        found += problems(language)
    print("\n".join(found) or "Every text is translated.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
