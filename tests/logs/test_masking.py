"""What the log may show of a phone number, and what it must leave alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.logs.masking import mask_numbers, mask_phone


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("+79571234567", "+7957•••4567"),
        ("79571234567", "7957•••4567"),
        ("8 (957) 123-45-67", "8957•••4567"),
        ("+4712345678", "+471•••5678"),
        ("12345678", "1•••5678"),
        ("1234567", "•••4567"),
        ("123456", "•••56"),
        ("", "•••"),
        ("+123456789012345", "+1234•••2345"),
    ],
)
def test_mask_phone(phone, masked):
    assert mask_phone(phone) == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("+79571234567", "+7957•••4567"),
        ('{"phone": "79571234567"}, 79571234568.', '{"phone": "7957•••4567"}, 7957•••4568.'),
        ("8 (957) 123-45-67 отклонён", "8957•••4567 отклонён"),
        ("8(957)1234567", "8957•••4567"),
        ("8 957123 4567", "8957•••4567"),
        ("+7 957123 4567", "+7957•••4567"),
        ("957 123-45-67", "957•••4567"),
        ("957 1234567", "957•••4567"),
        ("8957 1234567", "8957•••4567"),
        ("957.123.45.67", "957•••4567"),
        ("7\u00a0957\u00a0123\u00a045\u00a067", "7957•••4567"),
        ("+47 12 34 56 78", "+471•••5678"),
        ("phone=%2B79571234567&page=1", "phone=%2B7957•••4567&page=1"),
        ("tel79571234567x", "tel7957•••4567x"),
        ("2023-09-05 10:30:05 +79571234567", "2023-09-05 10:30:05 +7957•••4567"),
        ("2023-09-05T10:30:05+79571234567", "2023-09-05T10:30:05+7957•••4567"),
        ("10:30:05,79571234567", "10:30:05,7957•••4567"),
        ("8-957-123-45-67 2023-09-05 10:30", "8957•••4567 2023-09-05 10:30"),
        ("7 957 123 45 67, 7 957 123 45 68", "7957•••4567, 7957•••4568"),
    ],
)
def test_numbers_in_text_are_masked(text, masked):
    assert mask_numbers(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "2023-09-05 10:30:05,123 INFO page 3 of project 2000001: 1000 records in 0.512 s",
        "2026-01-02T10:30:05.123456+00:00",
        "05.09.2023 10:30:05",
        "2023-09-05 2023-09-06 10:30-11:45",
        "client 100001, project 2000001",
        "100001 2000001",
        "2000001 100001 2000002",
        "run 12 2023-09-05 10:30:05 1234567",
        "took 512 05.09.2023 10:30",
        "aggregated_run12_2026-01-02_10-30-05.csv",
        "127.0.0.1:65535 192.168.100.200",
        "1 234 567 records",
        "2411 clients, 932 projects, 111387 records",
        "",
    ],
)
def test_what_is_no_phone_stays(text):
    assert mask_numbers(text) == text


@given(st.text(), st.from_regex(r"\+?[78]9[0-9]{9}", fullmatch=True), st.text())
def test_no_number_survives_in_one_piece(before, phone, after):
    assert phone not in mask_numbers(before + phone + after)


@given(
    st.from_regex(
        r"\+?[78][ -]?\(?9[0-9]{2}\)?[ -]?[0-9]{3}[ -]?[0-9]{2}[ -]?[0-9]{2}", fullmatch=True
    )
)
def test_no_separated_number_survives(phone):
    assert "•••" in mask_numbers(f"rejected: {phone}, and so on")


@given(st.text(alphabet="0123456789 -.:()+,T\n", max_size=80))
def test_masking_twice_is_masking_once(text):
    once = mask_numbers(text)
    assert mask_numbers(once) == once
