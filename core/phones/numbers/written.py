"""What people and programs write around the digits of a number, and what of it is not its digits.

A phone field holds text of any kind. Digits that belong to something else (an extension, a second
number, the decimals of a spreadsheet) would make another number of it, often a valid one of
somebody else. So they are told apart here, before any digits are gathered; what cannot be told
apart is for the caller to reject.

Everything works on `plain` text: digits of all alphabets are ASCII ones, every plus is `+`, and
what cannot be seen is gone. Any thread may call what stands here.
"""

import re
from unicodedata import category, decimal

MOST_DIGITS = 15  # of any number in the world (E.164)
_COMPLETE = 10  # digits in one piece that are a number: what follows belongs to something else
_SUBSCRIBER = 5  # digits before a separator that may be a number of a town
_PLUSES = "+\uff0b\ufe62\u207a\u208a"

_DIGIT = re.compile("[0-9]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_DROPPED = {"Cc", "Cf", "No", "Nl"}  # controls, invisible marks; superscripts are no digits

# 'доб. 12', 'ext. 12', 'внутр. 12-34', 'x12', '#12': up to seven digits with nothing after them.
_EXTENSION = re.compile(
    r"(?:(?<![^\W\d_])(?:доб(?:ав\w*)?|внутр\w*|вн|ext(?:n|ension)?|x|х)(?![^\W\d_])|#)"
    r"[ \xa0.:=№)(-]{0,4}[0-9]{1,7}(?:-[0-9]{1,4})?(?![0-9])"
)
_CUT = ";"

# Words and list marks divide numbers; so does a plus that follows a digit. A slash stands inside
# numbers of other countries ('+49 2041/123456').
_WORD = r"[^\W\d_]+"
_DIVIDER = re.compile(rf"{_WORD}|[,;/|&\n]|(?<=[0-9])(?=[^0-9+]*\+)")
_DIVIDER_ABROAD = re.compile(rf"{_WORD}|[,;|&\n]|(?<=[0-9])(?=[^0-9+]*\+)")
_FOLLOWED = re.compile(rf"[0-9]{{{_COMPLETE},}}[^0-9]+[0-9]")
_RUN = re.compile(r"\+?[0-9]+")
_RUSSIAN = r"[^0-9]*[78](?:[^0-9]{0,3}[0-9]){10}(?![0-9])"
_RUSSIANS = re.compile(rf"(?:{_RUSSIAN})+[^0-9]*")
_ONE_RUSSIAN = re.compile(_RUSSIAN)

# Nobody writes seven digits of a phone and then a point.
_DECIMAL = re.compile(r"[^0-9]*([0-9]{7,})[.,]([0-9]{1,4})[^0-9]*")
_EXPONENT = re.compile(r"[^0-9]*([0-9]+)(?:[.,]([0-9]+))?e([+-]?[0-9]{1,3})[^0-9]*")
# A spreadsheet writes six digits of eleven (7.95123E+10). Zeros in their place are nobody's number.
_MOST_ZEROS_ADDED = 3


class NotWhole(Exception):
    """A number with decimals, or one whose last digits are lost."""


class Several(Exception):
    """More digits than one number has; perhaps several numbers (`parts` tries)."""


def plain(text: str) -> str:
    """`text` in small letters with ASCII digits and pluses, and without its extension."""
    if text.isdigit() and text.isascii():
        return text
    text = _CONTROL.sub("", text) if text.isascii() else "".join(map(_plain_letter, text))
    text = text.lower()
    first = _DIGIT.search(text)
    # Before the first digit nothing is an extension: '#79571234567'.
    if first is None:
        return text
    return text[: first.end()] + _EXTENSION.sub(_CUT, text[first.end() :])


def _plain_letter(char: str) -> str:
    if char.isdecimal():
        return str(decimal(char))
    if char in _PLUSES:
        return "+"
    return "" if category(char) in _DROPPED and char not in "\t\n\r" else char


def is_international(text: str) -> bool:
    """Whether `text` (plain) has a plus before its first digit, whatever stands around it."""
    first = _DIGIT.search(text)
    return first is not None and "+" in text[: first.start()]


def digits_of_one(text: str) -> str:
    """The digits of the one number in `text` (plain). Raises NotWhole and Several."""
    if text.removeprefix("+").isdecimal():
        return text.removeprefix("+")
    exponent = _EXPONENT.fullmatch(text)
    if exponent is not None:
        return _whole(exponent[1], exponent[2] or "", int(exponent[3]))
    written = _DECIMAL.fullmatch(text)
    if written is not None:
        return _whole(written[1], written[2], 0)
    if _is_several(text):
        raise Several
    return "".join(_DIGIT.findall(text))


def _whole(whole: str, decimals: str, exponent: int) -> str:
    """The digits of `whole.decimals` times ten to the `exponent`; raises NotWhole."""
    added = exponent - len(decimals)
    if added > _MOST_ZEROS_ADDED or decimals[max(0, exponent) :].strip("0") or exponent < 0:
        raise NotWhole
    return whole + decimals[:exponent] + "0" * max(0, added)


def _is_several(text: str) -> bool:
    if _FOLLOWED.search(text):
        return True
    counts = [count for piece in _pieces(text) if (count := len(_DIGIT.findall(piece)))]
    if any(count >= _SUBSCRIBER for count in counts[:-1]):
        return True
    return sum(counts) > MOST_DIGITS and _RUSSIANS.fullmatch(text) is not None


def _pieces(text: str) -> list[str]:
    divider = _DIVIDER_ABROAD if is_international(text) else _DIVIDER
    return divider.split(text)


def parts(text: str) -> list[str]:
    """The numbers that `text` (plain) seems to hold, in their order, each once."""
    found: list[str] = []
    for piece in _pieces(text):
        runs = _RUN.findall(piece)
        if all(len(run) >= _COMPLETE for run in runs):
            found += runs
        elif _RUSSIANS.fullmatch(piece):
            found += [part.strip() for part in _ONE_RUSSIAN.findall(piece)]
        elif runs:
            found.append(piece.strip())
    return list(dict.fromkeys(found))
