"""The rules of normalising: for each column where its value stands, how it is read, and what is
believed. Whatever breaks a rule leaves NULL and a problem."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from core.cars.normal import values
from core.cars.normal.vocabulary import code_of

NEXT_YEAR = -1  # stands for the year after the present one


_LONGEST_REMEMBERED = 40  # letters; longer texts hardly repeat


class Outcome(NamedTuple):
    """What a rule makes of a value. `original` is what got a code, as it came; `problem` says why
    `value` is None although something came; `is_unknown`: it stands in no vocabulary."""

    value: Any
    original: str | None = None
    is_unknown: bool = False
    problem: str | None = None


_NOTHING = Outcome(None)


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """`label` is where it stands in the configuration, as (section, label); else it is in the
    listing's data under the column's name. `is_code`: one vocabulary for its values. `repeats`:
    the same few texts come again and again, so what they mean is remembered."""

    column: str
    read: Callable[[Any], Any]
    least: float | None = None
    most: float | None = None
    is_code: bool = False
    label: tuple[str, str] | None = None
    repeats: bool = True

    def outcome(self, given: Any, this_year: int) -> Outcome:
        """What becomes of `given`, whatever it is."""
        if given is None:
            return _NOTHING
        if self.repeats and given.__class__ is str and len(given) <= _LONGEST_REMEMBERED:
            return _remembered(self, given, this_year)
        return self.work_out(given, this_year)

    def work_out(self, given: Any, this_year: int) -> Outcome:
        """The same as `outcome`, without remembering."""
        try:
            value = self.believed(self.read(given), this_year)
        except values.Unreadable as error:
            return Outcome(None, problem=error.problem)
        if value is None or not self.is_code:
            return Outcome(value)
        code = code_of(self.column, value)
        return Outcome(value, is_unknown=True) if code is None else Outcome(code, original=value)

    def believed(self, value: Any, this_year: int) -> Any:
        """`value`, which was read. Raises Unreadable where it is out of range."""
        if value is None or self.least is None or self.most is None:
            return value
        most = this_year + 1 if self.most == NEXT_YEAR else self.most
        if not self.least <= value <= most:
            raise values.Unreadable("out_of_range")
        return value


@lru_cache(10_000)
def _remembered(rule: Rule, given: str, this_year: int) -> Outcome:
    return rule.work_out(given, this_year)


_BASIC, _ENGINE, _GEARBOX = "基本参数", "发动机", "变速箱"

RULES: tuple[Rule, ...] = (
    Rule("url", values.read_text, repeats=False),
    Rule("mark", values.read_text),
    Rule("model", values.read_text),
    Rule("title", values.read_text, repeats=False),
    Rule("year", values.read_integer, 1900, NEXT_YEAR),
    Rule("color", values.read_text, is_code=True),
    Rule("price", values.read_integer, 0, 100_000_000),
    Rule("km_age", values.read_integer, 0, 10_000_000),
    Rule("engine_type", values.read_text, is_code=True),
    Rule("transmission_type", values.read_text, is_code=True),
    Rule("body_type", values.read_text, is_code=True),
    Rule("drive_type", values.read_text, is_code=True),
    Rule("displacement", values.read_decimal, 0, 20),
    Rule("power", values.read_integer, 0, 10_000),
    Rule("address", values.read_text, repeats=False),
    Rule("city", values.read_text),
    Rule("seller_type", values.read_text),
    Rule("is_dealer", values.read_bool),
    Rule("section", values.read_text, is_code=True),
    Rule("salon_id", values.read_text),
    Rule("description", values.read_text, repeats=False),
    Rule("vin", values.read_text, repeats=False),
    Rule("offer_created", values.read_date),
    Rule("first_registration", values.read_month),
    Rule("images", values.read_images, repeats=False),
    Rule("car_name", values.read_text, label=(_BASIC, "车型名称")),
    Rule("manufacturer", values.read_text, label=(_BASIC, "厂商")),
    Rule("car_class", values.read_text, label=(_BASIC, "级别")),
    Rule("fuel_type", values.read_text, is_code=True, label=(_BASIC, "能源类型")),
    Rule("emission_standard", values.read_text, label=(_BASIC, "环保标准")),
    Rule("engine_model", values.read_text, label=(_ENGINE, "发动机型号")),
    Rule("displacement_l", values.read_decimal, 0, 20, label=(_ENGINE, "排量(L)")),
    Rule("max_horsepower", values.read_integer, 0, 10_000, label=(_ENGINE, "最大马力(Ps)")),
    Rule("max_power_kw", values.read_integer, 0, 10_000, label=(_ENGINE, "最大功率(kW)")),
    Rule("transmission_type_detail", values.read_text, label=(_GEARBOX, "变速箱类型")),
    Rule("gears", values.read_integer, 1, 100, label=(_GEARBOX, "挡位个数")),
)

_PRICE = next(rule for rule in RULES if rule.column == "price")


def price_of(data: dict[str, Any]) -> int | None:
    """The price in a listing's data, None where there is none that can be believed."""
    try:
        price: int | None = _PRICE.believed(_PRICE.read(data.get("price")), 0)
    except values.Unreadable:
        return None
    return price
