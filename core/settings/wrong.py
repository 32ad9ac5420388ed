"""What is said about settings that cannot be used."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from core.errors import SettingsError
from core.i18n import _, ngettext
from core.settings.kinds import Location
from core.settings.setting_field import SettingField

_SHOWN = 80
_ADDRESS_WITH_NAME = re.compile("://.*@")  # it may hold a password, too


class Source(StrEnum):
    """Where a value comes from, the strongest first."""

    ENVIRONMENT = "environment"
    ENV_FILE = "env_file"
    CREDENTIAL_STORE = "credential_store"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class WrongSetting:
    """One refused value. `given` is empty for secrets; both texts are fit to be shown."""

    name: str
    given: str
    allowed: str
    source: Source | None = None

    def sentence(self) -> str:
        if self.given:
            return _("{name}: {given} was given, allowed is {allowed}.").format(
                name=self.name, given=self.given, allowed=self.allowed
            )
        return _("{name}: what was given is not allowed, allowed is {allowed}.").format(
            name=self.name, allowed=self.allowed
        )


class WrongSettings(SettingsError):
    """All refused values of one reading together."""

    def __init__(self, wrong: Sequence[WrongSetting], env_file: Path) -> None:
        heading = ngettext(
            "{count} setting has a wrong value:", "{count} settings have wrong values:", len(wrong)
        ).format(count=len(wrong))
        super().__init__(
            "\n  ".join([heading, *(one.sentence() + _from(one.source) for one in wrong)]),
            _("Correct this in the environment or in {path}.").format(path=env_file),
        )
        self.wrong = tuple(wrong)


def _from(source: Source | None) -> str:
    if source is Source.ENVIRONMENT:
        return " " + _("(from the environment)")
    return ""


def wrong_setting(
    field: SettingField, text: str, source: Source | None = None
) -> WrongSetting | None:
    """What is wrong with `text` as the value of `field`; None where nothing is."""
    try:
        field.read(text.strip())
    except ValueError:
        given = "" if field.is_secret or _ADDRESS_WITH_NAME.search(text) else _shown(text)
        allowed = field.kind.allowed()
        if source is Source.ENV_FILE and isinstance(field.kind, Location) and "\\" in given:
            # Quoted, "C:\\new" holds a line end: shown as it was written, it looks right.
            allowed = _("{allowed}, on Windows without quotation marks").format(allowed=allowed)
        return WrongSetting(field.name, given, allowed, source)
    return None


def wrong_settings(
    fields: Sequence[SettingField], texts: Mapping[str, str], sources: Mapping[str, Source]
) -> list[WrongSetting]:
    """All that is wrong with the given texts by name."""
    by_name = {field.name: field for field in fields}
    found = (wrong_setting(by_name[name], text, sources.get(name)) for name, text in texts.items())
    return [wrong for wrong in found if wrong]


def _shown(text: str) -> str:
    """A foreign value in quotation marks, cut, with nothing in it that moves a cursor."""
    cut = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
    return "'" + "".join(c if c.isprintable() else repr(c)[1:-1] for c in cut) + "'"
