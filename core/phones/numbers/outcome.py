"""What normalising can answer.

Apart from the rules, so that settings, reports and the window can name them without loading
phonenumbers (about 50 ms and 6 MB).
"""

from enum import StrEnum
from typing import NamedTuple


class Accept(StrEnum):
    """Which numbers are stored as phones: the values of the setting PHONE_ACCEPT."""

    VALID = "valid"
    POSSIBLE = "possible"
    """Also numbers whose length is right although no allocated range is known for them."""


class Rejection(StrEnum):
    """Why a number was not accepted. The values stand in `rejected_phones.reason`: never rename."""

    EMPTY = "empty"
    """Nothing, or nothing but spaces."""
    NOT_A_NUMBER = "not_a_number"
    """No digits in it, or nothing that could be dialled."""
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    INVALID_LENGTH = "invalid_length"
    """Between the shortest and the longest length of its country, but none of the lengths used."""
    LOCAL_ONLY = "local_only"
    """A subscriber number without its area code: dialled within one town, unknown elsewhere."""
    INVALID_COUNTRY_CODE = "invalid_country_code"
    INVALID_NUMBER = "invalid_number"
    """The length is right, but the range is allocated to nobody, as far as the metadata knows."""
    SEVERAL_NUMBERS = "several_numbers"
    """More than one, of which not each is valid alone; or digits that belong to no number."""
    NOT_A_RECORD = "not_a_record"
    """No record at all, or one with an odd time: kept as the JSON text of the whole row."""
    NOT_WHOLE = "not_whole"
    """A number with decimals, or one that a spreadsheet has shortened (7.95E+10)."""


class Normalized(NamedTuple):
    """Exactly one of the two is set."""

    phone: str | None
    """E.164 text, `+` and digits."""
    rejection: Rejection | None
