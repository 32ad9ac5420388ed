"""Phone numbers for the log: enough to recognise one by, too little to dial it.

`mask_numbers` is the net under everything that is logged: whoever logs a number on purpose uses
`mask_phone`. It knows nothing of phonenumbers and costs about a microsecond for a usual line.

In doubt it masks: a number that leaks cannot be taken back, a masked identifier is only a nuisance.
"""

import re

_SHOWN_FIRST = 4  # country code and operator of a Russian number
_SHOWN_LAST = 4
_HIDDEN_AT_LEAST = 3
_DOTS = "•••"

_NOT_DIGITS = re.compile(r"\D+")

# A phone needs ten digits with little between them. Most lines end here.
_SEPARATOR = r"[ \t\u00a0\u2009\u202f().\u2010-\u2015\u2212-]"
_BETWEEN, _GAP = _SEPARATOR + "{0,3}+", _SEPARATOR + "{1,3}+"
_TEN_DIGITS = re.compile(rf"\d(?:{_BETWEEN}\d){{9}}")

_DAY, _MONTH, _YEAR = "(?:0[1-9]|[12][0-9]|3[01])", "(?:0[1-9]|1[0-2])", "(?:19|20)[0-9][0-9]"
_OCTET = "(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])"
_KEPT = rf"""(?:
    (?<!\d) {_YEAR}-{_MONTH}-{_DAY} (?!\d)                  # 2023-09-05
  | (?<!\d) {_DAY}\.{_MONTH}\.{_YEAR} (?!\d)                # 05.09.2023
  | (?<!\d) (?:[01]\d|2[0-3]) : [0-5]\d                     # 10:30
    (?: :[0-5]\d (?:[.,] \d{{3}} (?:\d{{3}})? (?!\d))? )?   # :05.123456
    (?: [+-] (?:0\d|1[0-4]) :? [0-5]\d (?!\d))? (?!\d)      # +03:00
  | (?<![\d.]) (?:{_OCTET}\.){{3}} {_OCTET} (?![\d.])       # 192.168.100.200
)"""
_NUMBERS = re.compile(
    rf"""
    (?P<kept> {_KEPT})
  | (?P<phone>
        \d{{10,}}                                           # in one piece
      | (?<!\d) [78] (?: {_BETWEEN} (?!{_KEPT}) \d){{10}} (?!\d)  # 8 (957) 123-45-67
      | (?: \+\(?\d                                         # +47 12 34 56 78
          # 957 123-45-67: short groups, of which the last may have seven digits. Identifiers of
          # six or seven digits side by side (100001 2000001) are not a phone.
          | (?<!\d) (?= \d{{1,5}} (?:{_GAP}\d{{1,4}}){{0,8}} {_GAP}\d{{2,7}} (?!\d)) \d
        )
        (?: {_BETWEEN} (?!{_KEPT}) \d){{9,}}? (?!\d)
    )
    """,
    re.VERBOSE,
)


def mask_phone(phone: str) -> str:
    """`+79571234567` as `+7957•••4567`; of fewer than eight digits only the last two are left."""
    plus = "+" if phone.startswith("+") else ""
    digits = _NOT_DIGITS.sub("", phone)
    first = min(_SHOWN_FIRST, len(digits) - _HIDDEN_AT_LEAST - _SHOWN_LAST)
    if first < 0:
        return f"{plus}{_DOTS}{digits[-2:]}"
    return f"{plus}{digits[:first]}{_DOTS}{digits[-_SHOWN_LAST:]}"


def mask_numbers(text: str) -> str:
    """`text` with everything that looks like a phone number masked; any thread may call.

    A phone is ten digits or more, also with spaces, dashes, dots or brackets between them. Dates,
    times, IP addresses and identifiers of six or seven digits stay as they are.
    """
    if _TEN_DIGITS.search(text) is None:
        return text
    return _NUMBERS.sub(_kept_or_masked, text)


def _kept_or_masked(match: re.Match[str]) -> str:
    return match["kept"] or mask_phone(match["phone"])
