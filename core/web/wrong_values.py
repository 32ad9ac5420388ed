"""Values that a request gave and that are not allowed, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.i18n import _

_SHOWN = 80


@dataclass(frozen=True, slots=True)
class WrongValue:
    """`place` is query, path, header or body. `given` is None where nothing was; `allowed` is
    fit to stand after 'allowed is', and empty where there is no such parameter at all."""

    parameter: str
    place: str
    given: str | None
    allowed: str

    def as_json(self) -> dict[str, str]:
        found = {"parameter": self.parameter, "in": self.place, "allowed": self.allowed}
        if self.given is not None:
            found["given"] = self.given
        return found


def sentence(wrong: WrongValue) -> str:
    if not wrong.allowed:
        return _("There is no parameter {name} here.").format(name=wrong.parameter)
    if wrong.given is None:
        return _("{name} is missing; allowed is {allowed}.").format(
            name=wrong.parameter, allowed=wrong.allowed
        )
    return _("{name}: {given} was given, allowed is {allowed}.").format(
        name=wrong.parameter, given=wrong.given, allowed=wrong.allowed
    )


def unknown(parameter: str, place: str, given: str) -> WrongValue:
    """A parameter that is not there: a misspelt one must not look as if it had been heeded."""
    return WrongValue(_cut(parameter), place, _quoted(given), "")


def described(error: Mapping[str, Any]) -> WrongValue:
    """One error of pydantic, as FastAPI tells it."""
    place, *names = (str(part) for part in error["loc"])
    parameter = ".".join(names) or place
    kind = str(error["type"])
    given = None if kind == "missing" else _quoted(error.get("input"))
    if kind == "extra_forbidden":
        return unknown(parameter, place, str(error.get("input")))
    return WrongValue(_cut(parameter), place, given, _allowed(kind, error.get("ctx") or {}, error))


def _allowed(kind: str, context: Mapping[str, Any], error: Mapping[str, Any]) -> str:  # noqa: C901
    match kind:
        case "missing":
            return _("any value")
        case "enum" | "literal_error":
            return str(context.get("expected", "")).replace("'", "")
        case "int_parsing" | "int_type" | "int_from_float" | "int_parsing_size":
            return _("a whole number")
        case "float_parsing" | "float_type" | "finite_number" | "decimal_parsing":
            return _("a number")
        case "bool_parsing" | "bool_type":
            return _("true or false")
        case "greater_than_equal":
            return _("{least} or more").format(least=context.get("ge"))
        case "greater_than":
            return _("more than {least}").format(least=context.get("gt"))
        case "less_than_equal":
            return _("{most} or less").format(most=context.get("le"))
        case "less_than":
            return _("less than {most}").format(most=context.get("lt"))
        case "string_type":
            return _("a text")
        case "string_too_long":
            return _("at most {most} characters").format(most=context.get("max_length"))
        case "string_too_short" | "too_short" | "string_pattern_mismatch":
            return _("a text that is not empty")
        case "too_long":
            return _("at most {most} values").format(most=context.get("max_length"))
        case "string_pattern_mismatch":
            return _("a text of this form: {pattern}").format(pattern=context.get("pattern"))
        case "list_type" | "tuple_type":
            return _("a list")
        case "json_invalid":
            return _("a body of JSON")
        case "model_attributes_type" | "dict_type" | "model_type":
            return _("a JSON object")
    if kind.startswith(("date", "time")):
        return _("a date such as {example}").format(example="2026-11-27")
    cause = context.get("error")  # a ValueError of our own words
    return str(cause) if isinstance(cause, ValueError) else str(error.get("msg", kind))


def _quoted(value: object) -> str:
    text = value if isinstance(value, str) else repr(value)
    return "'" + "".join(c if c.isprintable() else repr(c)[1:-1] for c in _cut(text)) + "'"


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
