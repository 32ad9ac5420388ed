"""The fast path answers as the definition does, with today's metadata and with tomorrow's.

A new release of phonenumbers may change its numbers at will: the fast path is built from them. The
tests here fail where it changes something that the fast path cannot follow: the form of the
metadata, or what the library does with it.
"""

import copy
import inspect
import itertools
import re
from contextlib import contextmanager

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata, phonenumberutil

from core.phones.numbers import fastpath
from core.phones.numbers.fastpath import NUMBER_TYPES, national_pattern, normalize_page
from core.phones.numbers.normalize import MAX_RAW_LENGTH, normalize
from core.phones.numbers.outcome import Accept, Rejection

SUBSCRIBERS = ("0000000", "0050000", "1234567", "9999999")
CYCLE = itertools.cycle(["7", "8", "+7", "", "+8", "8 (", "+7-"])


def assert_same(raws, accept=Accept.VALID):
    page = normalize_page(raws, accept)
    assert len(page.phones) == len(raws)
    for index, raw in enumerate(raws):
        expected = normalize(raw, accept)
        assert (page.phones[index], page.rejected.get(index)) == expected, repr(raw)


def numbers_with(prefixes, subscribers):
    """Each prefix with each subscriber number, begun in each of these ways in turn."""
    for prefix in prefixes:
        for subscriber in subscribers:
            yield next(CYCLE) + prefix + subscriber


# Inputs: digits of any alphabet, separators, pluses, lengths, things that are no numbers.
DIGITS = st.text(alphabet="0123456789", max_size=18)
NEARLY = st.from_regex(r"[+ ]?[78]?[0-9]{9,12}[ \n]?", fullmatch=True)
MESSY = st.text(
    alphabet="0123456789789 +-()./;x\t\n\r\x00\u00a0\u200eтa\uff0b\uff17\uff18\uff19\u0667\u00b2",
    max_size=24,
)
UNICODE_DIGITS = st.text(alphabet=st.characters(categories=["Nd"]), min_size=9, max_size=12)
USUAL = st.from_regex(r"[78](9[0-9]{2}|[3478][0-9]{2})[0-9]{7}", fullmatch=True)
FOREIGN = st.from_regex(r"\+[1-9][0-9 ]{6,16}", fullmatch=True)
SPELLED = st.from_regex(
    r"[ \u00a0]{0,5}[+]?[ ]?[789]?([ ().\u00a0-]{0,5}[0-9]){9,11}[ )]{0,5}", fullmatch=True
)
# Russia's trunk prefix, or one of Asia's countries.
PLUS_EIGHT = st.from_regex(r" ?\+8([ ().-]{0,2}[0-9]){10}\)?", fullmatch=True)
# What stands in one field beside a number, or instead of one.
BESIDE = st.sampled_from(
    [
        " доб. 1",
        " ext. 12",
        "x3",
        " #4",
        ".0",
        ",00",
        ".5",
        "E+10",
        "e1",
        ", ",
        "; ",
        " / ",
        "\n",
        " и ",
        " 1",
        "-1",
        "(2)",
        "+",
        "tel:",
        "(+",
        "\x00",
        " ",
    ]
)
CROWDED = st.lists(st.one_of(USUAL, SPELLED, FOREIGN, BESIDE, DIGITS), max_size=4).map("".join)
RAW = st.one_of(
    CROWDED,
    st.floats(),
    st.integers(10**9, 10**11).map(float),
    USUAL,
    NEARLY,
    SPELLED,
    DIGITS,
    MESSY,
    UNICODE_DIGITS,
    FOREIGN,
    PLUS_EIGHT,
    st.text(),
    st.integers(),
    st.none(),
)


@given(st.lists(RAW, max_size=12), st.sampled_from(Accept))
@example(["7957123456", "7\n9571234567"], Accept.VALID)
@example(["79571234567\n79571234568", "", "79571234567"], Accept.VALID)
@example(["79571234567\n"], Accept.VALID)
@example(["79571234567", "7" * 3000], Accept.VALID)
@example(["781080001234567", "+781080001234567", "81080001234567"], Accept.VALID)
@example(["+7" + "\u0669" * 10, "7٩571234567"], Accept.VALID)
@example(["7957123456 7", "957123456.0", "7957123.4567", " 7957123456.7 "], Accept.VALID)
@example(
    ["+8 (957) 123-45-67", "+8 1-0571234567", "+8 8001234567", "+8(8)52 1234567"], Accept.VALID
)
@example(["+8 (957) 123-45-67", "+87801234567", "+80001234567"], Accept.POSSIBLE)
@example(["+84912345678", "+ 79571234567", "+ 89571234567", "(+47) 12345678"], Accept.VALID)
def test_any_page_as_the_definition_says(raws, accept):
    assert_same(raws, accept)


@pytest.mark.parametrize("accept", Accept)
def test_every_prefix_of_three_digits(accept):
    prefixes = [f"{prefix:03}" for prefix in range(1000)]
    assert_same(list(numbers_with(prefixes, SUBSCRIBERS)), accept)


def test_the_gaps_of_930():
    """9.0.42 made most of +7 930 0xx invalid, down to the sixth digit."""
    raws = list(numbers_with([f"930{block:03}" for block in range(1000)], ("0000", "9999")))
    assert_same(raws)
    page = normalize_page(raws)
    assert page.rejected.keys() == {i for i, phone in enumerate(page.phones) if phone is None}
    assert 0 < len(page.rejected) < len(raws)
    reasons = {reason for i, reason in page.rejected.items() if not raws[i].startswith("+8")}
    assert reasons == {Rejection.INVALID_NUMBER}


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("first", "0123456789")
def test_every_prefix_of_six_digits(first):
    """No rule of the metadata looks at the last four digits; see the test of its form below."""
    prefixes = (f"{first}{prefix:05}" for prefix in range(100_000))
    assert_same(list(numbers_with(prefixes, ("1234",))))


def test_kinds_of_pages():
    usual = [f"7957{number:07}" for number in range(1000)]
    assert normalize_page(usual).phones == [f"+{raw}" for raw in usual]
    assert normalize_page(usual).rejected == {}
    assert normalize_page([int(raw) for raw in usual]) == normalize_page(usual)
    assert normalize_page([]).phones == []
    mixed = normalize_page(["79571234567", 89571234568, None, "x", "+442079460958"])
    assert mixed.phones == ["+79571234567", "+79571234568", None, None, "+442079460958"]
    assert mixed.rejected == {2: Rejection.EMPTY, 3: Rejection.NOT_A_NUMBER}


def test_one_monstrous_text_does_not_spoil_the_page():
    page = normalize_page(["79571234567", "7" * 1_000_000, "79571234568"])
    assert page.phones == ["+79571234567", None, "+79571234568"]
    assert page.rejected == {1: Rejection.TOO_LONG}


def test_the_fast_path_is_taken(monkeypatch):
    """Neither usual numbers, nor separators, nor gaps in the numbering reach phonenumbers."""

    def refuse(text, accept):
        raise AssertionError(f"{text} went the slow way")

    monkeypatch.setattr(fastpath, "judge", refuse)
    for accept in Accept:
        page = normalize_page(["79571234567", "8 (957) 123-45-67", "+79571234567", ""], accept)
        assert set(page.phones) == {"+79571234567", None}
        assert normalize_page(["+89571234567"], accept).phones == ["+79571234567"]
        page = normalize_page(["9571234567", " 7\u00a0957 123.45.67 ", "957-123-45-67"], accept)
        assert set(page.phones) == {"+79571234567"}
        normalize_page(["70001234567", "7" * (MAX_RAW_LENGTH + 1)], accept)
    assert normalize_page(["+8 (957) 123-45-67"]).phones == ["+79571234567"]


# --- what phonenumbers promises nowhere ---------------------------------------------------------


def regions():
    return [PhoneMetadata.metadata_for_region(code) for code in COUNTRY_CODE_TO_REGION_CODE[7]]


def descriptions():
    for region in regions():
        yield region.general_desc
        for number_type in NUMBER_TYPES:
            desc = getattr(region, number_type)
            if desc is not None and desc.national_number_pattern:
                yield desc


def top_level_branches(pattern):
    """`a|(?:b|c)d` -> `a`, `(?:b|c)d`."""
    depth, branch = 0, ""
    for char in pattern:
        depth += {"(": 1, ")": -1}.get(char, 0)
        if char == "|" and depth == 0:
            yield branch
            branch = ""
        else:
            branch += char
    yield branch


def test_regions_of_plus_seven():
    assert COUNTRY_CODE_TO_REGION_CODE[7] == ("RU", "KZ")
    assert [region.country_code for region in regions()] == [7, 7]


def test_every_number_type_that_makes_a_number_valid_is_known():
    source = inspect.getsource(phonenumberutil._number_type_helper)
    asked = set(re.findall(r"metadata\.(\w+)", source))
    assert asked - {"general_desc", "same_mobile_and_fixed_line_pattern"} == set(NUMBER_TYPES)


def test_patterns_are_plain_and_leave_the_last_four_digits_free():
    for desc in descriptions():
        pattern = desc.national_number_pattern
        assert re.fullmatch(r"(?:[0-9|)\[\]{}-]|\(\?:|\\d)+", pattern), pattern
        for branch in top_level_branches(pattern):
            free = re.search(r"\\d\{(\d+)\}$", branch)
            assert free, branch
            assert int(free[1]) >= 4, branch


def test_ten_digits_are_the_shortest_length():
    main = regions()[0]
    assert main.general_desc.possible_length[0] == 10
    assert main.national_prefix_transform_rule is None
    for region in regions():
        assert re.fullmatch(r"[0-9]|\[[0-9]+\]", region.leading_digits)


def test_the_pattern_allows_something():
    for accept in Accept:
        assert re.fullmatch(national_pattern(accept), "9571234567")


# --- what a new release may bring ---------------------------------------------------------------


@contextmanager
def release(monkeypatch, code, **changes):
    """Metadata of a region as another release might have it; a dict changes a description."""
    region = copy.copy(PhoneMetadata.metadata_for_region(code))
    for name, value in changes.items():
        if isinstance(value, dict):
            desc = copy.copy(getattr(region, name) or region.mobile)
            desc.__dict__.update(value)
            region.__dict__[name] = desc
        else:
            region.__dict__[name] = value
    with monkeypatch.context() as patch:
        patch.setitem(PhoneMetadata._region_metadata, code, region)
        clear_patterns()
        yield
    clear_patterns()


def clear_patterns():
    fastpath._line.cache_clear()
    fastpath._spelled.cache_clear()
    fastpath._plus_seven.cache_clear()


RELEASES = {
    "a range is withdrawn": ("RU", {"mobile": {"national_number_pattern": r"9[1-4]\d{8}"}}),
    "a range is allocated": ("RU", {"mobile": {"national_number_pattern": r"9\d{9}"}}),
    "a type appears": (
        "RU",
        {"pager": {"national_number_pattern": r"42\d{8}", "possible_length": (10,)}},
    ),
    "a type disappears": ("RU", {"fixed_line": None}),
    "a type has another length only": ("RU", {"mobile": {"possible_length": (14,)}}),
    "the general description narrows": (
        "RU",
        {"general_desc": {"national_number_pattern": r"9[0-4]\d{8}"}},
    ),
    "Kazakhstan gets 6xx": (
        "KZ",
        {
            "leading_digits": "[67]",
            "general_desc": {"national_number_pattern": r"[67]\d{9}"},
            "mobile": {"national_number_pattern": r"[67]\d{9}"},
        },
    ),
    "Kazakhstan claims what is Russia's": (
        "KZ",
        {
            "leading_digits": None,
            "general_desc": {"national_number_pattern": r"\d{10}"},
            "mobile": {"national_number_pattern": r"\d{10}"},
        },
    ),
    "a length goes, its pattern stays": ("RU", {"toll_free": {"possible_length": (10,)}}),
    "regions without leading digits": ("RU", {"leading_digits": None}),
    "a shorter length, so that 8 may be cut off": (
        "RU",
        {"general_desc": {"possible_length": (9, 10), "national_number_pattern": r"\d{9,10}"}},
    ),
    "calls abroad begin with 9": ("RU", {"international_prefix": "9"}),
    "calls abroad begin with 89": ("RU", {"international_prefix": "89"}),
    "calls abroad begin with one of two": ("RU", {"international_prefix": "8(?:10|95)"}),
    "the national prefix is 9": (
        "RU",
        {"national_prefix": "9", "national_prefix_for_parsing": "9"},
    ),
    "a longer shortest length": ("RU", {"general_desc": {"possible_length": (11,)}}),
}
CHANGES_NOTHING = {
    "regions without leading digits",
    "the national prefix is 9",
    "calls abroad begin with one of two",
}


@pytest.mark.parametrize("change", RELEASES)
def test_other_releases_are_followed(monkeypatch, change):
    raws = list(numbers_with([f"{prefix:03}" for prefix in range(1000)], ("0001234",)))
    raws += ["781080001234567", "81080001234567"]  # a length that only toll-free numbers have
    before = normalize_page(raws)
    code, changes = RELEASES[change]
    with release(monkeypatch, code, **changes):
        assert_same(raws, Accept.VALID)
        assert_same(raws, Accept.POSSIBLE)
        if change not in CHANGES_NOTHING:
            assert normalize_page(raws) != before, "the change is none"
    assert normalize_page(raws) == before
