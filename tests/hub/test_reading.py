"""What is typed is checked where it is typed, and each refusal has an example."""

from datetime import date

import pytest

from core.hub import reading
from core.hub.reading import NotRead

TODAY = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("01.03.2026 - 31.03.2026", ("2026-03-01", "2026-03-31")),
        ("01.03.2026—31.03.2026", ("2026-03-01", "2026-03-31")),
        ("01.03.2026\n31.03.2026", ("2026-03-01", "2026-03-31")),
        ("05.03.2026", ("2026-03-05", "2026-03-05")),
        ("01.01.2020", ("2020-01-01", "2020-01-01")),
        ("31.12.2028", ("2028-12-31", "2028-12-31")),
        ("01.03.2026 - 01.03.2027", ("2026-03-01", "2027-03-01")),
    ],
)
def test_dates(text, value):
    assert reading.dates(text, TODAY) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tomorrow",
        "1.3.2026",
        "31.02.2026",
        "31.12.2019",
        "01.01.2029",
        "02.03.2026 - 01.03.2026",
        "01.03.2026 - 02.03.2027",
        "01.03.2026 01.04.2026 01.05.2026",
        "2026-03-01",
    ],
)
def test_no_dates(text):
    with pytest.raises(NotRead, match=r"01\.03\.2026"):
        reading.dates(text, TODAY)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2000 - 3500", (2000, 3500)),
        ("2 000–3 500", (2000, 3500)),
        ("0-10000000", (0, 10_000_000)),
        ("2000", (2000, 10_000_000)),
    ],
)
def test_prices(text, value):
    assert reading.prices(text) == value


@pytest.mark.parametrize("text", ["", "-5", "a", "3500 - 2000", "0 - 10000001", "1-2-3", "2,5"])
def test_no_prices(text):
    with pytest.raises(NotRead, match="2000 - 3500"):
        reading.prices(text)


@pytest.mark.parametrize(("text", "value"), [("1", 1), (" 100 ", 100), ("3", 3)])
def test_pages(text, value):
    assert reading.pages(text) == value


@pytest.mark.parametrize("text", ["0", "101", "-1", "three", "", "1e2", "٣"])
def test_no_pages(text):
    with pytest.raises(NotRead, match="Example: 3"):
        reading.pages(text)


@pytest.mark.parametrize(
    ("text", "site"),
    [
        ("https://www.avito.ru/moskva/kvartiry", "avito.ru"),
        ("avito.ru/moskva?p=2", "avito.ru"),
        ("http://m.avito.ru/x", "avito.ru"),
        ("https://spb.cian.ru/cat.php?deal_type=rent", "cian.ru"),
    ],
)
def test_links(text, site):
    assert reading.link(text, site).endswith(text.split("://")[-1])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://www.avito.ru",
        "https://www.avito.ru/",
        "https://cian.ru/cat.php",
        "https://avito.ru.evil.example/x",
        "https://evilavito.ru/x",
        "https://user@avito.ru/x",
        "https://avito.ru:8443/x",
        "ftp://avito.ru/x",
        "javascript:alert(1)//avito.ru/x",
        "https://avito.ru/a b",
        "https://[avito.ru/x",
        "https://avito.ru/" + "x" * 2000,
    ],
)
def test_no_links(text):
    with pytest.raises(NotRead, match=r"avito\.ru/moskva"):
        reading.link(text, "avito.ru")


@pytest.mark.parametrize(
    "text", ["+7 957 123-45-67", "8 (957) 123 45 67", "79571234567", "9571234567"]
)
def test_phones(text):
    assert reading.phone(text) == "+79571234567"


@pytest.mark.parametrize("text", ["", "12345", "+1 202 555 0100", "+7 701 123 45 67", "@name"])
def test_no_phones(text):
    with pytest.raises(NotRead, match=r"\+7 957"):
        reading.phone(text)


@pytest.mark.parametrize("text", ["1-2-3-4-5", "1 2 3 4 5", "12.345", "1,2,3,4,5", "12 34 5"])
def test_codes(text):
    assert reading.code(text) == "12345"


@pytest.mark.parametrize("text", ["12345", "code 12345", "1-2345"])
def test_a_bare_code_is_refused_with_what_happened(text):
    with pytest.raises(NotRead, match="seen this code"):
        reading.code(text)


@pytest.mark.parametrize("text", ["", "1-2-3", "1-2-3-4-5-6-7-8-9", "none"])
def test_no_codes(text):
    with pytest.raises(NotRead, match="1-2-3-4-5"):
        reading.code(text)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@pvz_moscow, @pvz_work", ["@pvz_moscow", "@pvz_work"]),
        ("pvz_moscow\nhttps://t.me/pvz_work/", ["@pvz_moscow", "@pvz_work"]),
        ("@same_name @SAME_name", ["@same_name"]),
    ],
)
def test_chats(text, names):
    assert reading.chat_names(text) == names


@pytest.mark.parametrize(
    "text", ["", "@a", "@имя_чата", "@1abc", "@a-b-c", "@x" * 20, "t.me/+secret"]
)
def test_no_chats(text):
    with pytest.raises(NotRead, match="@pvz_moscow"):
        reading.chat_names(text)


def test_at_most_fifty_chats():
    with pytest.raises(NotRead, match="50"):
        reading.chat_names(" ".join(f"@chat_{number:03}" for number in range(51)))


def test_tokens_and_numbers_of_chats():
    assert reading.bot_token(" 123456789:AAE-abcdefghijklmnopqrstu ").startswith("123456789:")
    assert reading.chat_id("−1001234567890") == "-1001234567890"
    with pytest.raises(NotRead, match="BotFather"):
        reading.bot_token("123456789")
    with pytest.raises(NotRead, match="-100"):
        reading.chat_id("@channel")
    assert reading.looks_secret("my token is 123456789:AAE-abcdefghijklmnopqrstu")
    assert not reading.looks_secret("https://www.avito.ru/a:b")
