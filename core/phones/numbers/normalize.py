"""The definition of a normalised phone number: slow (25 µs a number) and plain.

`fastpath` beside it gives the same answers for whole pages; what it cannot prove it asks here.

What counts as a digit: every Unicode decimal digit (category Nd: ASCII, Arabic-Indic, fullwidth
and so on). Superscripts, circled and Roman numerals do not. Everything that is not a digit is
dropped, letters, NUL and control characters too, so `тел. 8 (957) 123-45-67` is a number; but
digits that belong to something else are told apart before (`core.phones.numbers.written`).

Any thread may call what stands here.
"""

import re
from json import dumps
from typing import NamedTuple

from phonenumbers import (
    NumberParseException,
    PhoneNumberFormat,
    ValidationResult,
    format_number,
    is_possible_number_with_reason,
    is_valid_number,
    parse,
)

from core.phones.numbers import written
from core.phones.numbers.outcome import Accept, Normalized, Rejection

REGION = "RU"
"""Where a number without a country code is from."""

MAX_RAW_LENGTH = 250
"""Longer text is rejected unread, as phonenumbers itself does: no page may cost seconds."""

# Spaces, NUL, and the invisible marks that copying from Excel or a contact list leaves in front.
_INVISIBLE = r"[\s\x00\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]*"
_NOTHING = re.compile(_INVISIBLE)

_PARSE_REASONS = {
    NumberParseException.INVALID_COUNTRY_CODE: Rejection.INVALID_COUNTRY_CODE,
    NumberParseException.NOT_A_NUMBER: Rejection.NOT_A_NUMBER,
    NumberParseException.TOO_SHORT_AFTER_IDD: Rejection.TOO_SHORT,
    NumberParseException.TOO_SHORT_NSN: Rejection.TOO_SHORT,
    NumberParseException.TOO_LONG: Rejection.TOO_LONG,
}
_LENGTH_REASONS = {
    ValidationResult.IS_POSSIBLE: Rejection.INVALID_NUMBER,
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: Rejection.LOCAL_ONLY,
    ValidationResult.INVALID_COUNTRY_CODE: Rejection.INVALID_COUNTRY_CODE,
    ValidationResult.TOO_SHORT: Rejection.TOO_SHORT,
    ValidationResult.TOO_LONG: Rejection.TOO_LONG,
    ValidationResult.INVALID_LENGTH: Rejection.INVALID_LENGTH,
}


def normalize(raw: object, accept: Accept = Accept.VALID) -> Normalized:
    """E.164 text of a phone as it stands in an answer of the API, or why there is none.

    Raises nothing, whatever `raw` is. Text is expected; JSON numbers are read as their digits.
    """
    text = dialled(raw)
    return Normalized(None, text) if isinstance(text, Rejection) else judge(text, accept)


def dialled(raw: object) -> str | Rejection:
    """The text that phonenumbers shall parse: the digits of the one number that `raw` is.

    With `+` where they begin with 7 or where a plus stands before them. Costs the same for any
    length of `raw`.
    """
    text = raw_text(raw)
    if len(text) > MAX_RAW_LENGTH:
        return Rejection.TOO_LONG
    if _NOTHING.fullmatch(text):
        return Rejection.EMPTY
    text = written.plain(text)
    try:
        digits = written.digits_of_one(text)
    except written.Several:
        return Rejection.SEVERAL_NUMBERS
    except written.NotWhole:
        return Rejection.NOT_WHOLE
    if not digits:
        return Rejection.NOT_A_NUMBER
    international = written.is_international(text)
    if len(digits) == 11 and digits[0] == "8" and (not international or _is_russian(digits[1:])):
        digits = "7" + digits[1:]
    return "+" + digits if international or digits[0] == "7" else digits


def _is_russian(national: str) -> bool:
    """Whether `+8` and ten digits are meant as Russia's trunk prefix, not as Asia's countries."""
    return judge("+7" + national, Accept.VALID).phone is not None and (
        judge("+8" + national, Accept.VALID).phone is None
    )


class Part(NamedTuple):
    """One of several numbers in a field."""

    phone: str
    text: str


def numbers_in(raw: object, accept: Accept = Accept.VALID) -> list[Part]:
    """The numbers of a field that holds several, each once; empty unless each is valid alone.

    For what `normalize` rejects as SEVERAL_NUMBERS.
    """
    text = raw_text(raw)
    if len(text) > MAX_RAW_LENGTH:
        return []
    found: dict[str, str] = {}
    for part in written.parts(written.plain(text)):
        phone = normalize(part, accept).phone
        if phone is None:
            return []
        found.setdefault(phone, part)
    return [Part(phone, part) for phone, part in found.items()]


def judge(text: str, accept: Accept) -> Normalized:
    """What phonenumbers says of `text`, which is an answer of `dialled`."""
    try:
        number = parse(text, REGION)
    except NumberParseException as error:
        return Normalized(None, _PARSE_REASONS[error.error_type])
    if not is_valid_number(number):
        # Not is_possible_number: that one also allows local numbers, and E.164 of those is wrong.
        length = is_possible_number_with_reason(number)
        if length != ValidationResult.IS_POSSIBLE or accept is not Accept.POSSIBLE:
            return Normalized(None, _LENGTH_REASONS[length])
    return Normalized(format_number(number, PhoneNumberFormat.E164), None)


def raw_text(value: object) -> str:
    """A phone field of a JSON answer as the text to keep: `original_format`, `rejected_phones.raw`.

    Whole numbers are written with all their digits (never 7.9E+10), None is empty, and anything
    else (a list, an object) is its JSON text, so that it is rejected with what was received.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int):
        # Python refuses to write integers of more than 4300 digits.
        return str(value) if value.bit_length() < 4 * MAX_RAW_LENGTH else "9" * MAX_RAW_LENGTH + "…"
    return "" if value is None else dumps(value, ensure_ascii=False, default=str)
