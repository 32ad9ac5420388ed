"""The table of settings as README shows it, and as `.env.example`."""

from core.phones.settings.fields import FIELDS
from core.settings.setting_field import Group, group_title

_HEAD = """\
# Settings of DataMaster Collector. Copy this file to .env beside the program (then everything is
# kept beside it), or into the application data folder, and change what you need.
# What is commented out has the value shown. Never give a file with a token in it to anybody.
"""


def env_example() -> str:
    """The text of `.env.example`: every setting with its explanation, all commented out."""
    parts = [_HEAD]
    for group in Group:
        parts.append(f"\n# --- {group_title(group)}\n")
        for field in FIELDS:
            if field.group is group:
                parts.append(f"\n# {field.explanation()}\n# Allowed: {field.kind.allowed()}.\n")
                parts.append(f"#{field.name}={field.default}\n")
    return "".join(parts)


def markdown_table() -> str:
    """README's table of settings, in the order of the settings view."""
    rows = ["| Setting | Default | Meaning | Allowed |", "|---|---|---|---|"]
    for group in Group:
        for field in FIELDS:
            if field.group is group:
                default = f"`{field.default}`" if field.default else "(empty)"
                words = (f"`{field.name}`", default, field.explanation(), field.kind.allowed())
                rows.append("| " + " | ".join(word.replace("|", "\\|") for word in words) + " |")
    return "\n".join(rows) + "\n"
