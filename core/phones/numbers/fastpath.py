"""Normalising whole pages about fifty times faster than `normalize`, with the same answers.

Nearly every number the API sends is eleven digits beginning with 7 or 8. For those phonenumbers
does no more than match the ten national digits against the patterns of Russia and Kazakhstan, so
one regular expression built from its own metadata, run over the page in one call, says the same.
So it does for numbers written with blanks, brackets, dashes and dots, for ten digits from 9 on,
which no national prefix (8) and no country code (7) can begin, and for `+8` where no country's code
begins so. Whatever is left is decided one by one, by the definition if need be.

Where the metadata of a later release no longer has the form this rests on, nothing matches and the
definition decides everything: slow, but right. tests/phones/numbers/test_fastpath.py fails then.

Any thread may call what stands here.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata, PhoneNumberDesc

from core.phones.numbers.normalize import MAX_RAW_LENGTH, dialled, judge, raw_text
from core.phones.numbers.outcome import Accept, Normalized, Rejection

_COUNTRY_CODE = 7
_NATIONAL_DIGITS = 10
_TEN_DIGITS = "[0-9]{10}(?![0-9])"
_NEVER = "(?!)"
_SEPARATORS = " \xa0().-"
_BETWEEN = rf"[{re.escape(_SEPARATORS)}]{{0,4}}"  # far from MAX_RAW_LENGTH with eleven digits
# Perhaps decimals, or digits behind a whole number: `core.phones.numbers.written` knows.
_LONG_AND_MORE = r"\+?[0-9]{7,}[^0-9\n]+[0-9]"
_WITHOUT_SEPARATORS = str.maketrans("", "", _SEPARATORS)

NUMBER_TYPES = (
    "mobile",  # first, being the usual answer
    "fixed_line",
    "toll_free",
    "premium_rate",
    "shared_cost",
    "personal_number",
    "voip",
    "pager",
    "uan",
    "voicemail",
)
"""The descriptions of a region of which phonenumbers wants one to match, else it is not valid."""


@dataclass(frozen=True, slots=True)
class NormalizedPage:
    """The answers for one page of raw numbers, in the order of the page."""

    phones: Sequence[str | None]
    """E.164 text for each raw number, None where it was rejected."""
    rejected: dict[int, Rejection]
    """Position in the page -> reason. Empty for most pages: then every phone is set."""


def normalize_page(raws: Sequence[object], accept: Accept = Accept.VALID) -> NormalizedPage:
    """Each of `raws` as `normalize` would have it. Raises nothing, whatever the values are."""
    texts = [raw if isinstance(raw, str) else raw_text(raw) for raw in raws]
    page = "\n".join(texts) + "\n"
    found: list[str] = []
    if len(page) <= MAX_RAW_LENGTH * len(texts):
        found = _line(accept).findall(page)
    if len(found) != len(texts):  # a line break inside a number, or one monstrous text
        found = [""] * len(texts)
    if "" not in found:
        return NormalizedPage(["+7" + national for national in found], {})
    _find_spelled(texts, found, accept)

    phones: list[str | None] = ["+7" + national if national else None for national in found]
    rejected: dict[int, Rejection] = {}
    for index, phone in enumerate(phones):
        if phone is None:
            phones[index], reason = _normalize_one(texts[index], accept)
            if reason is not None:
                rejected[index] = reason
    return NormalizedPage(phones, rejected)


def load_numbering(accept: Accept) -> None:
    """Load what nearly all numbers need: in a thread of its own it could only fail late.

    Costs some 50 ms, once in a process. Raises OSError where the files of the numbering metadata
    cannot be read.
    """
    normalize_page(["79000000000", "8 (900) 000-00-00", "0"], accept)


def _find_spelled(texts: Sequence[str], found: list[str], accept: Accept) -> None:
    """Put the ten digits of numbers written with separators where `found` has nothing yet."""
    places = [place for place, national in enumerate(found) if not national]
    page = "".join([texts[place] + "\n" for place in places])
    spelled = _spelled(accept).findall(page)
    if len(spelled) != len(places):
        return
    digits = "\n7".join(spelled).translate(_WITHOUT_SEPARATORS)
    for place, national in zip(places, _line(accept).findall(f"7{digits}\n"), strict=True):
        found[place] = national


def national_pattern(accept: Accept) -> str:
    """Regular expression of the ten digits after +7 that `accept` allows.

    It follows what phonenumbers does with such a number: choose the region by its leading digits,
    then ask for its general description and for any one number type. Matches nothing if the
    metadata has not the form that this rests on.
    """
    regions = [
        metadata
        for code in COUNTRY_CODE_TO_REGION_CODE[_COUNTRY_CODE]
        if (metadata := PhoneMetadata.metadata_for_region(code)) is not None
    ]
    if not _ten_digits_stay_as_they_are(regions[0]):
        return _NEVER
    if accept is Accept.POSSIBLE:
        return _TEN_DIGITS
    branches = []
    earlier = ""  # a number belongs to the first region whose leading digits it has
    for region in regions:
        own = f"(?={region.leading_digits})" if region.leading_digits else ""
        types = "|".join(_pattern(getattr(region, number_type)) for number_type in NUMBER_TYPES)
        branches.append(f"{earlier}{own}(?={_pattern(region.general_desc)})(?:{types})")
        if region.leading_digits:
            earlier += f"(?!{region.leading_digits})"
    return f"(?={_TEN_DIGITS})(?:{'|'.join(branches)})"


def _ten_digits_stay_as_they_are(main: PhoneMetadata) -> bool:
    """Whether parsing +7 and ten digits keeps all ten, and calls the length possible.

    Parsing takes off a national prefix (8) if the shorter rest has a possible length of the main
    region. Where ten is the shortest length there is no such rest. Ten bare digits from 9 on must
    not begin with what calls abroad begin with (810), either.
    """
    return (
        main.general_desc is not None
        and main.general_desc.possible_length[:1] == (_NATIONAL_DIGITS,)
        and main.national_prefix_transform_rule is None
        and not re.match(main.international_prefix or _NEVER, "9" * _NATIONAL_DIGITS)
    )


def _pattern(desc: PhoneNumberDesc | None) -> str:
    """The rule of one description, for numbers of ten digits."""
    if desc is None or not desc.national_number_pattern:
        return _NEVER
    if desc.possible_length and _NATIONAL_DIGITS not in desc.possible_length:
        return _NEVER
    return f"(?:{desc.national_number_pattern})(?![0-9])"


@cache
def _line(accept: Accept) -> re.Pattern[str]:
    """Takes exactly one line at a time; its group holds the ten digits of an accepted number."""
    national, trunk = national_pattern(accept), _plus_eight("")
    if accept is not Accept.VALID:
        trunk += f"(?={national_pattern(Accept.VALID)})"
    return re.compile(rf"(?:\+?7|8|{trunk})({national})\n|[^\n]*\n")


@cache
def _spelled(accept: Accept) -> re.Pattern[str]:
    """Takes one line at a time; its group holds the ten digits and what stands between them."""
    # What is only possible is Russian after `+8` where it is valid: those digits are not looked at.
    trunk = _plus_eight(_BETWEEN) if accept is Accept.VALID else _NEVER
    return re.compile(
        rf"[ \xa0]{{0,4}}(?!{_LONG_AND_MORE})"
        rf"(?:\+?7|8|(?=9)|{trunk})((?:{_BETWEEN}[0-9]){{10}}){_BETWEEN}\n|[^\n]*\n"
    )


def _plus_eight(between: str) -> str:
    """Regular expression of `+8` where it can only be Russia's trunk prefix, because what follows
    begins no country's code and no call abroad. `between` may stand between the digits."""
    main = PhoneMetadata.metadata_for_region(COUNTRY_CODE_TO_REGION_CODE[_COUNTRY_CODE][0])
    abroad = main.international_prefix if main is not None else None
    if abroad is None or not abroad.isdecimal():
        return _NEVER
    codes = [*map(str, COUNTRY_CODE_TO_REGION_CODE), abroad]
    others = ["".join(between + digit for digit in code[1:]) for code in codes if code[0] == "8"]
    return rf"\+8(?!{'|'.join(others)})"


@cache
def _plus_seven(accept: Accept) -> re.Pattern[str]:
    return re.compile(rf"\+7{national_pattern(accept)}")


def _normalize_one(raw: str, accept: Accept) -> Normalized:
    """Rejected numbers, and those with separators, need not pay for phonenumbers either."""
    text = dialled(raw)
    if isinstance(text, Rejection):
        return Normalized(None, text)
    if _plus_seven(accept).fullmatch(text):
        return Normalized(text, None)
    if _plus_seven(Accept.POSSIBLE).fullmatch(text):
        return Normalized(None, Rejection.INVALID_NUMBER)
    return judge(text, accept)
