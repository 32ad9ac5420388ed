"""The settings of all systems as docs/settings.md shows them, and as `.env.example`.

python -m devtools.settings_tables --markdown | --env-example
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module

from core.settings.setting_field import SettingField
from core.systems import SYSTEMS, System

_HEAD = """\
# Settings of DataMaster Collector. Copy this file to .env beside the program (then everything is
# kept beside it), or into the application data folder, and change what you need.
# What is commented out has the value shown. Never give a file with a token in it to anybody.
"""

Heading = tuple[str, Sequence[SettingField]]


def env_example() -> str:
    """The text of `.env.example`: every setting with its explanation, all commented out.

    What several systems share stands once, where it comes first.
    """
    parts = [_HEAD]
    told: set[str] = set()
    for system in SYSTEMS:
        for title, fields in _groups(system):
            new = [field for field in fields if field.name not in told]
            if new:
                parts.append(f"\n# --- {title}\n")
            for field in new:
                told.add(field.name)
                parts.append(f"\n# {field.explanation()}\n# Allowed: {field.kind.allowed()}.\n")
                parts.append(f"#{field.name}={field.default}\n")
    return "".join(parts)


def markdown_table() -> str:
    """The tables of docs/settings.md, one a system; what is shared stands in the first only."""
    tables: list[str] = []
    told: set[str] = set()
    for system in SYSTEMS:
        rows = ["| Setting | Default | Meaning | Allowed |", "|---|---|---|---|"]
        for _title, fields in _groups(system):
            for field in fields:
                if field.name not in told:
                    told.add(field.name)
                    rows.append(_row(field))
        name = system.name if system.on_servers else "phones"
        tables.append(f"## {name}: {system.title()}\n\n" + "\n".join(rows) + "\n")
    return "\n".join(tables)


def _row(field: SettingField) -> str:
    default = f"`{field.default}`" if field.default else "(empty)"
    words = (f"`{field.name}`", default, field.explanation(), field.kind.allowed())
    return "| " + " | ".join(word.replace("|", "\\|") for word in words) + " |"


def _groups(system: System) -> Iterator[Heading]:
    """The headings of a system's settings; one with its title where it has no groups."""
    module = import_module(system.settings)
    fields: Sequence[SettingField] = module.FIELDS
    groups: Sequence[tuple[str, Callable[[], str]]] = getattr(module, "GROUPS", ())
    if not groups:
        yield system.title(), fields
    for group, title in groups:
        yield title(), [field for field in fields if field.group == group]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m devtools.settings_tables", description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--markdown", action="store_true", help="the tables of docs/settings.md")
    what.add_argument("--env-example", action="store_true", help="the text of .env.example")
    options = parser.parse_args()
    sys.stdout.write(markdown_table() if options.markdown else env_example())


if __name__ == "__main__":
    main()
