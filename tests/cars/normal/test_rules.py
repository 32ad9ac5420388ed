"""Every rule of normalising, one row a case."""

from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.cars.normal.listing import NoListing, Row, normalize
from core.cars.normal.rules import RULES
from core.cars.normal.vocabulary import WORDS

YEAR = 2026


def row_of(data: Any, active: int = 0) -> Row:
    return normalize("51234567", active, data, this_year=YEAR)


def problems(row: Row) -> dict[str, str]:
    return {one["field"]: one["problem"] for one in row["normalized_data"].get("problems", ())}


READ = [
    # column, given, read
    ("url", "https://example.com/1", "https://example.com/1"),
    ("mark", " BMW ", "BMW"),
    ("model", "３系", "3系"),
    ("title", "宝马\u200b 3系", "宝马 3系"),
    ("title", "宝马".encode().decode("latin-1"), "宝马"),
    ("title", "Москвич".encode().decode("latin-1"), "Москвич"),
    ("title", "Р‘РµР»С‹Р№", "Белый"),
    ("title", "Cafe\u0301", "Café"),
    ("title", "BMW&amp;Co", "BMW&Co"),
    ("description", "车况好，“精品”！（无事故）", "车况好，“精品”！（无事故）"),
    ("description", "一手车\r\n可过户", "一手车\n可过户"),
    ("year", 2020, 2020),
    ("year", "2020", 2020),
    ("year", 2020.0, 2020),
    ("year", 1900, 1900),
    ("year", YEAR + 1, YEAR + 1),
    ("color", "White", "white"),
    ("price", "12 300", 12300),
    ("price", "12\xa0300", 12300),
    ("price", "12,300", 12300),
    ("price", "1,234,567", 1234567),
    ("price", "７５００", 7500),
    ("price", 100_000_000, 100_000_000),
    ("price", 0, 0),
    ("price", 7500.5, 7501),
    ("km_age", "10000000", 10_000_000),
    ("engine_type", "Бензиновый", "petrol"),
    ("transmission_type", "автоматическая", "automatic"),
    ("body_type", "Crossover/SUV", "suv"),
    ("drive_type", "полный привод", "awd"),
    ("displacement", "1.4", 1.4),
    ("displacement", "1,4", 1.4),
    ("displacement", 1.998, 2.0),
    ("displacement", 20, 20.0),
    ("power", "150", 150),
    ("power", 10_000, 10_000),
    ("address", "北京市朝阳区", "北京市朝阳区"),
    ("city", "北京", "北京"),
    ("seller_type", "dealer", "dealer"),
    ("is_dealer", True, True),
    ("is_dealer", "true", True),
    ("is_dealer", "1", True),
    ("is_dealer", 0, False),
    ("is_dealer", "False", False),
    ("section", "б/у", "used"),
    ("salon_id", 4711, "4711"),
    ("salon_id", "4711", "4711"),
    ("vin", "LSV12345678901234", "LSV12345678901234"),
    ("offer_created", "2026-03-01", "2026-03-01"),
    ("offer_created", "2026-03-01T10:00:00Z", "2026-03-01"),
    ("first_registration", "2020-05", "2020-05"),
    ("first_registration", "2020/5", "2020-05"),
    ("images", ["a.jpg", " b.jpg "], ["a.jpg", "b.jpg"]),
    ("images", '["//x.com/a.jpg", "b.jpg"]', ["https://x.com/a.jpg", "b.jpg"]),
    ("images", "a.jpg, b.jpg,", ["a.jpg", "b.jpg"]),
    ("images", "", None),
]

REFUSED = [
    # column, given, problem
    ("year", 1899, "out_of_range"),
    ("year", YEAR + 2, "out_of_range"),
    ("year", "last year", "unreadable"),
    ("year", True, "unreadable"),
    ("price", 100_000_001, "out_of_range"),
    ("price", -1, "out_of_range"),
    ("price", "面议", "unreadable"),
    ("price", {"amount": 1}, "unreadable"),
    ("price", "9" * 41, "unreadable"),
    ("km_age", 10_000_001, "out_of_range"),
    ("km_age", float("1e300"), "out_of_range"),
    ("power", 10_001, "out_of_range"),
    ("displacement", 20.01, "out_of_range"),
    ("displacement", 1e12, "out_of_range"),
    ("displacement", "1.4T", "unreadable"),
    ("is_dealer", "perhaps", "unreadable"),
    ("offer_created", "2026-02-30", "out_of_range"),
    ("offer_created", "yesterday", "unreadable"),
    ("first_registration", "2020-13", "out_of_range"),
    ("first_registration", "2020", "unreadable"),
    ("images", '["a.jpg"', "unreadable"),
    ("images", [1], "unreadable"),
    ("title", ["BMW"], "unreadable"),
    ("configuration", '{"paramtypeitems": [', "unreadable"),
    ("configuration", [1, 2], "unreadable"),
    ("configuration", {"paramtypeitems": "none"}, "unreadable"),
]


@pytest.mark.parametrize(("column", "given_value", "read"), READ)
def test_a_value_is_read(column: str, given_value: Any, read: Any) -> None:
    row = row_of({column: given_value})
    assert row[column] == read
    assert type(row[column]) is type(read)
    assert problems(row) == {}


@pytest.mark.parametrize(("column", "given_value", "problem"), REFUSED)
def test_what_cannot_be_read_is_null_and_noted(column: str, given_value: Any, problem: str) -> None:
    row = row_of({column: given_value, "mark": "BMW"})
    assert row[column] is None
    assert problems(row) == {column: problem}
    assert row["mark"] == "BMW"


@pytest.mark.parametrize("nothing", [None, "", " ", "-"])
@pytest.mark.parametrize("column", [rule.column for rule in RULES if not rule.label])
def test_nothing_is_null_and_no_problem(column: str, nothing: Any) -> None:
    if column == "images" and nothing == "-":
        pytest.skip("text with commas between addresses")
    row = row_of({column: nothing})
    assert row[column] is None
    assert problems(row) == {}


@pytest.mark.parametrize(
    ("column", "code", "word"),
    [
        (column, code, word)
        for column, codes in WORDS.items()
        for code, words in codes.items()
        for word in words
    ],
)
def test_both_brands_have_one_vocabulary(column: str, code: str, word: str) -> None:
    data: dict[str, Any] = {column: word.upper()}
    if column == "fuel_type":
        data = {"configuration": {"能源类型": word}}
    row = row_of(data)
    assert row[column] == code
    assert row["normalized_data"]["original"][column].casefold() == word.casefold()
    assert "unknown" not in row["normalized_data"]


def test_an_unknown_value_stays_and_is_told() -> None:
    row = row_of({"color": "Хамелеон"})
    assert row["color"] == "Хамелеон"
    assert row["normalized_data"] == {"unknown": ["color"]}


OTHERS = {"specid": 6, "value": "一汽-大众"}
TREE = {
    "specid": 7,
    "paramtypeitems": [
        {
            "name": "基本参数",
            "paramitems": [
                {"name": "车型名称", "value": "宝马3系 2020款"},
                {"name": "厂商", "valueitems": [OTHERS, {"specid": 7, "value": "华晨宝马"}]},
                {"name": "级别", "valueitems": [{"specid": 9, "value": "中型车"}]},
                {"name": "能源类型", "value": "汽油+48V轻混系统"},
                {"name": "环保标准", "value": "国VI"},
            ],
        },
        {
            "name": "发动机",
            "paramitems": [
                {"name": "发动机型号", "value": "B48B20"},
                {"name": "排量（L）", "value": "2.0"},
                {"name": "最大马力(Ps)", "value": "184"},
                {"name": "最大功率(kW)", "value": 135},
                {"name": "可变气门", "value": "●"},
                {"name": "气缸", "value": "-"},
            ],
        },
        {
            "name": "变速箱",
            "paramitems": [
                {"name": "变速箱类型", "value": "手自一体变速箱(AT)"},
                {"name": "挡位个数", "value": "8"},
            ],
        },
    ],
}
FROM_TREE = {
    "car_name": "宝马3系 2020款",
    "manufacturer": "华晨宝马",
    "car_class": "中型车",
    "fuel_type": "petrol_48v",
    "emission_standard": "国VI",
    "engine_model": "B48B20",
    "displacement_l": 2.0,
    "max_horsepower": 184,
    "max_power_kw": 135,
    "transmission_type_detail": "手自一体变速箱(AT)",
    "gears": 8,
    "specid": "7",
}
FLAT = {
    item["name"]: next(
        (one["value"] for one in item.get("valueitems", ()) if one["specid"] == 7),
        item.get("value") or (item.get("valueitems") or [{}])[0].get("value"),
    )
    for kind in TREE["paramtypeitems"]  # type: ignore[attr-defined]
    for item in kind["paramitems"]
} | {"specid": 7}
TEXT = orjson.dumps(TREE).decode()


@pytest.mark.parametrize(
    "data",
    [
        {"configuration": TREE},
        {"configuration": TEXT},
        {"configuration": FLAT},
        {"configuration": "3系 豪华版", "extra": {"configuration": TREE}},
        {"configuration": "3系 豪华版", "extra": {"configuration": TEXT}},
        {"extra": orjson.dumps({"configuration": TREE}).decode()},
        {"configuration": {**TREE, "specid": None}, "specid": "7"},
    ],
    ids=["tree", "text", "flat", "extra", "extra-text", "text-extra", "own-specid"],
)
def test_a_configuration_is_read_in_every_form(data: dict[str, Any]) -> None:
    row = row_of(data)
    assert {column: row[column] for column in FROM_TREE} == FROM_TREE
    assert problems(row) == {}
    engine = row["configuration"].get("发动机", row["configuration"])
    assert engine["可变气门"] is True
    assert engine["气缸"] is None


def test_without_a_tree_the_name_of_the_trim_is_kept() -> None:
    assert row_of({"configuration": "3系 豪华版"})["configuration"] == "3系 豪华版"
    assert row_of({})["configuration"] is None


def test_gears_that_are_no_number_are_noted() -> None:
    assert problems(row_of({"configuration": {"挡位个数": "无级变速"}})) == {"gears": "unreadable"}


def test_what_is_no_listing_is_told() -> None:
    with pytest.raises(NoListing):
        row_of([])


def test_the_search_text_is_folded() -> None:
    row = row_of({"mark": "BMW", "model": "3er", "title": "Отличный", "configuration": FLAT})
    assert row["search"] == "bmw 3er 宝马3系 2020款 отличный"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
FIELDS = [rule.column for rule in RULES] + ["configuration", "extra", "specid", "paramtypeitems"]


@patient
@given(st.dictionaries(st.sampled_from(FIELDS), JSON))
def test_nothing_that_a_vendor_can_send_is_an_error(data: dict[str, Any]) -> None:
    try:
        data = orjson.loads(orjson.dumps(data))  # as it comes from the database
    except TypeError:
        return
    row = row_of(data)
    again = {rule.column: row[rule.column] for rule in RULES if not rule.label}
    once_more = row_of(again)
    assert {name: once_more[name] for name in again} == again
    orjson.dumps(row)


@patient
@given(st.text())
def test_clean_text_stays_as_it_is(text: str) -> None:
    once = row_of({"title": text.encode(errors="ignore").decode()})["title"]
    assert row_of({"title": once})["title"] == once
