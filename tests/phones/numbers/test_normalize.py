"""The definition of a normalised number: what the specification says, case by case."""

import json

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.phones.numbers.normalize import MAX_RAW_LENGTH, normalize, numbers_in, raw_text
from core.phones.numbers.outcome import Accept, Normalized, Rejection

VALID = "+79571234567"
"""Made up: the range 957 is allocated to nobody, but phonenumbers takes it for a mobile one."""
UNALLOCATED = "70001234567"
"""Of possible length, in a range that does not exist."""


def test_the_made_up_numbers_are_what_the_tests_take_them_for():
    assert phonenumbers.is_valid_number(phonenumbers.parse(VALID))
    assert not phonenumbers.is_valid_number(phonenumbers.parse("+" + UNALLOCATED))


@pytest.mark.parametrize(
    "raw",
    [
        "79571234567",
        "89571234567",
        "9571234567",
        "+79571234567",
        "+7 (957) 123-45-67",
        "8 (957) 123-45-67",
        "+8 957 123 45 67",
        "тел.: 8-957-123-45-67",
        "7\x009571234567",
        "\u202a+79571234567\u202c",
        "\ufeff79571234567",
        "\uff17\uff19\uff15\uff17\uff11\uff12\uff13\uff14\uff15\uff16\uff17",  # fullwidth
        "\uff0b7 957 1234567",
        "\u0667\u0669\u0665\u0667\u0661\u0662\u0663\u0664\u0665\u0666\u0667",  # Arabic-Indic
        "7957123\u00b2\u00b34567",  # superscripts are no digits
        79571234567,
        89571234567,
        79571234567.0,
        "79571234567.0",
        "89571234567,00",
        "7.9571234567E+10",
        "8.95712345670e+10",
        "795712345.67e2",
        "+7 957 123-45-67, доб. 12",
        "8 (957) 123-45-67 доб. 12-34",
        "8 (957) 123-45-67 внутр.: 5",
        "79571234567x12",
        "79571234567 х 12",
        "79571234567#1",
        "tel:+7957-123-45-67;ext=12",
        "#79571234567",
        "8 код 957 тел. 1234567",
        "8,957,123,45,67",
        "8/957/1234567",
        "7957123456\u200b7",
        "+7957123456\u20607",
    ],
)
def test_ways_to_write_one_number(raw):
    assert normalize(raw) == Normalized(VALID, None)


@pytest.mark.parametrize(
    ("raw", "phone"),
    [
        ("+44 20 7946 0958", "+442079460958"),  # kept by Ofcom for films
        (" +44 20 7946 0958", "+442079460958"),
        ("\u200e+44 20 7946 0958", "+442079460958"),
        ("\uff0b44 20 7946 0958", "+442079460958"),
        ("+\uff14\uff14 20 7946 0958", "+442079460958"),
        ("+1 202 555 0143 ext. 12", "+12025550143"),
        ("(+44) 20 7946 0958", "+442079460958"),
        ("'+44 20 7946 0958", "+442079460958"),
        ("tel:+44-20-7946-0958", "+442079460958"),
        ("тел. «+44» 20 7946 0958", "+442079460958"),
        ("\u2060\ufe6244 20 7946 0958", "+442079460958"),
        ("+ (44) 20 7946 0958", "+442079460958"),
        ("+44 20 7946 0958 Иван", "+442079460958"),
        ("+49 30/23125 000", "+493023125000"),  # kept for films; the next ones are patterns
        ("+81 90 1234 5678", "+819012345678"),
        ("+82 10 1234 5678", "+821012345678"),
        ("+84 91 234 56 78", "+84912345678"),
        ("(+84) 91 234 56 78", "+84912345678"),
        ("+86 131 2345 6789", "+8613123456789"),
        ("+852 5123 4567", "+85251234567"),
        ("+886 912 345 678", "+886912345678"),
        ("(+960) 771-2345", "+9607712345"),
        ("'+47 40 61 23 45", "+4740612345"),
        ("(+8) 957 123-45-67", VALID),
        ("47 12 34 56 78", "+74712345678"),  # without the plus it is a number of Kursk
        ("77710009998", "+77710009998"),  # Kazakhstan
        ("87710009998", "+77710009998"),
    ],
)
def test_country_of_a_number(raw, phone):
    assert normalize(raw) == Normalized(phone, None)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("", Rejection.EMPTY),
        (" \t\r\n\u00a0", Rejection.EMPTY),
        ("\x00\x00", Rejection.EMPTY),
        (None, Rejection.EMPTY),
        ("нет телефона", Rejection.NOT_A_NUMBER),
        ("+", Rejection.NOT_A_NUMBER),
        ("-", Rejection.NOT_A_NUMBER),
        (True, Rejection.NOT_A_NUMBER),
        ([], Rejection.NOT_A_NUMBER),
        ("795712", Rejection.TOO_SHORT),
        ("7", Rejection.NOT_A_NUMBER),
        ("1234567", Rejection.LOCAL_ONLY),
        ("+84 91 234 56 7", Rejection.INVALID_NUMBER),  # nor a number of Russia
        ("79571234567.5", Rejection.NOT_WHOLE),
        ("957123456.7", Rejection.NOT_WHOLE),
        (79571234567.5, Rejection.NOT_WHOLE),
        ("7.95712E+10", Rejection.NOT_WHOLE),  # a spreadsheet dropped what does not fit
        ("7.957123456789E+10", Rejection.NOT_WHOLE),
        ("7.9571234567E-10", Rejection.NOT_WHOLE),
        ("795712345.0", Rejection.TOO_SHORT),
        ("3-45-67, 3-45-68", Rejection.SEVERAL_NUMBERS),
        ("345-67-89/123", Rejection.SEVERAL_NUMBERS),
        ("79571234567 1", Rejection.SEVERAL_NUMBERS),
        ("9571234567-1", Rejection.SEVERAL_NUMBERS),
        ("9571234567 (2)", Rejection.SEVERAL_NUMBERS),
        ("957 123-45-67 кв. 1", Rejection.SEVERAL_NUMBERS),
        ("79571234567, 79571234568", Rejection.SEVERAL_NUMBERS),
        ("79571234567 79571234568", Rejection.SEVERAL_NUMBERS),
        ("+7 957 123 45 67 +7 957 123 45 68", Rejection.SEVERAL_NUMBERS),
        ("8 957 123 45 67 8 957 123 45 68", Rejection.SEVERAL_NUMBERS),
        ("7957123456789012", Rejection.TOO_LONG),
        ("7" * 21, Rejection.TOO_LONG),
        ("+999 123 456 789", Rejection.INVALID_COUNTRY_CODE),
        (UNALLOCATED, Rejection.INVALID_NUMBER),
        ("+47 12 34 56 78", Rejection.INVALID_NUMBER),  # and no number of Kursk
        (-79571234567.5, Rejection.NOT_WHOLE),
    ],
)
def test_reasons(raw, reason):
    assert normalize(raw) == Normalized(None, reason)


def test_digits_of_something_else_make_no_other_number():
    """Ten digits from 8 on are a number, and with one digit more they would be another one."""
    for rest in (" доб. 1", ".0", ",0", " ext 1", "x1", "#1"):
        assert normalize("8482123456" + rest) == normalize("8482123456")
    for rest in (" 1", "-1", ", 1", "/1", " (1)", " кв 1", ".5"):
        assert normalize("8482123456" + rest).phone is None


SECOND = "+79571234568"


@pytest.mark.parametrize(
    "raw",
    [
        "79571234567, 79571234568",
        "79571234567,79571234568",
        "79571234567 79571234568",
        "79571234567; +7 (957) 123-45-68",
        "8 957 123-45-67 / 8 957 123-45-68",
        "8 957 123-45-67 и 8 957 123-45-68",
        "+7 957 123-45-67 +7 957 123-45-68",
        "+79571234567+79571234568",
        "8 957 123 45 67 8 957 123 45 68",
        "моб. 89571234567 доб. 1, раб. 89571234568 доб. 2",
        "79571234567\n79571234568",
        "79571234567, 79571234568, 89571234567",
    ],
)
def test_several_numbers_in_one_field(raw):
    assert [part.phone for part in numbers_in(raw)] == [VALID, SECOND]


@pytest.mark.parametrize(
    "raw", ["3-45-67, 3-45-68", "79571234567, 123", "79571234567 1", "", None, "7" * 1000, "x, y"]
)
def test_several_numbers_are_taken_only_where_each_is_valid(raw):
    assert numbers_in(raw) == []


@given(st.lists(st.sampled_from([VALID, SECOND, "+442079460958", "123", "x"]), max_size=4))
def test_what_is_found_in_a_field_is_found_alone(texts):
    for part in numbers_in(", ".join(texts)):
        assert normalize(part.text) == Normalized(part.phone, None)


def test_possible_numbers_are_accepted_where_asked_for():
    assert normalize(UNALLOCATED, Accept.POSSIBLE) == Normalized("+" + UNALLOCATED, None)
    assert normalize(VALID, Accept.POSSIBLE) == Normalized(VALID, None)


@pytest.mark.parametrize("raw", ["1234567", "7957123456", "", "+999 123 456 789"])
def test_what_cannot_be_dialled_is_rejected_even_so(raw):
    assert normalize(raw, Accept.POSSIBLE) == normalize(raw)


@given(st.one_of(st.text(), st.integers(), st.floats(), st.none(), st.binary()))
def test_any_value_has_an_answer(raw):
    for accept in Accept:
        phone, rejection = normalize(raw, accept)
        assert (phone is None) != (rejection is None)
        if phone is not None:
            assert phone.startswith("+")
            assert phone[1:].isascii()
            assert phone[1:].isdigit()


@pytest.mark.parametrize(
    "raw", ["7" * 1_000_000, VALID + " " * MAX_RAW_LENGTH, 10**5000], ids=range(3)
)
def test_monstrous_text_is_rejected_unread(raw):
    assert normalize(raw) == Normalized(None, Rejection.TOO_LONG)


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ('"8 (957) 123-45-67"', "8 (957) 123-45-67"),
        ("79571234567", "79571234567"),
        ("7.9571234567e10", "79571234567"),
        ("null", ""),
        ('["79571234567", "ё"]', '["79571234567", "ё"]'),
        ("true", "True"),
        ("NaN", "NaN"),
    ],
)
def test_the_text_that_is_kept(answer, text):
    assert raw_text(json.loads(answer)) == text
