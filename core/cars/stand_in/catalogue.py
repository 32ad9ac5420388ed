"""Made-up listings: the same for the same seed and number, in every unstable form there is."""

from typing import Any

import orjson

from core.cars.listings import Data
from core.cars.normal.vocabulary import WORDS
from core.stand_in.streams import mix

ENGLISH, RUSSIAN = 0, 1  # which of the words of a code the brand says

_CARS: tuple[tuple[str, str, str, str], ...] = (
    ("BMW", "3 Series", "宝马3系", "sedan"),
    ("BMW", "X5", "宝马X5", "suv"),
    ("Audi", "A4L", "奥迪A4L", "sedan"),
    ("Audi", "Q5L", "奥迪Q5L", "suv"),
    ("Mercedes-Benz", "E-Class", "奔驰E级", "sedan"),
    ("Volkswagen", "Lavida", "大众朗逸", "sedan"),
    ("Volkswagen", "Tiguan L", "大众途观L", "suv"),
    ("Toyota", "Camry", "丰田凯美瑞", "sedan"),
    ("Toyota", "Sienna", "丰田赛那", "minivan"),
    ("Honda", "Fit", "本田飞度", "hatchback"),
    ("BYD", "Han", "比亚迪汉", "sedan"),
    ("BYD", "Song Plus", "比亚迪宋PLUS", "suv"),
    ("Tesla", "Model 3", "特斯拉Model 3", "sedan"),
    ("Li Auto", "L7", "理想L7", "suv"),
    ("Great Wall", "Pao", "长城炮", "pickup"),
    ("Wuling", "Hongguang", "五菱宏光", "microvan"),
)
_CITIES = ("北京", "上海", "广州", "深圳", "成都", "杭州", "武汉", "西安", "重庆", "南京")
_COLORS = tuple(WORDS["color"])
_FUELS = ("petrol", "petrol", "petrol", "petrol_48v", "diesel", "hybrid", "electric")
_SENTENCES = (
    "车况精品，一手车，全程4S店保养，",
    "无事故、无水泡、无火烧；",
    "手续齐全，可按揭，可置换，",
    "内饰干净整洁，轮胎九成新。",
    "支持第三方检测，“诚信”经营！",
    "原版原漆，里程真实可查，",
)


def made_up(seed: int, number: int, brand: int) -> Data:
    """The data of listing `number` as the vendor's `brand` tells it."""
    draw = _Draw(mix(seed, number))
    mark, model, chinese, body = draw.one(_CARS)
    fuel = "electric" if mark == "Tesla" else draw.one(_FUELS)
    year = 2008 + draw.below(18)
    litres = draw.one((1.4, 1.5, 1.6, 1.8, 2.0, 2.5, 3.0))
    power = 90 + draw.below(300)
    price = 15_000 + draw.below(600_000)
    city = draw.one(_CITIES)
    data: Data = {
        "inner_id": str(number),
        "url": f"https://www.che168.com/dealer/{number % 9000}/{number}.html",
        "mark": mark,
        "model": model,
        "title": f"{chinese} {year}款 {litres}T 豪华版",
        "year": draw.form(year),
        "first_registration": f"{year + draw.below(2)}-{1 + draw.below(12):02}",
        "color": WORDS["color"][draw.one(_COLORS)][brand],
        "price": draw.form(price),
        "km_age": draw.form(draw.below(250_000)),
        "engine_type": WORDS["engine_type"][fuel][brand],
        "transmission_type": WORDS["transmission_type"][draw.one(("automatic", "manual"))][brand],
        "body_type": WORDS["body_type"][body][brand],
        "drive_type": WORDS["drive_type"][draw.one(("fwd", "rwd", "awd"))][brand],
        "address": f"{city}市二手车交易市场{1 + draw.below(40)}号",
        "city": city,
        "seller_type": draw.one(("dealer", "private")),
        "is_dealer": draw.one((True, False, "true", "1", "false")),
        "section": WORDS["section"]["used"][brand],
        "salon_id": draw.one((4711 + draw.below(9000), str(4711 + draw.below(9000)))),
        "description": "".join(draw.one(_SENTENCES) for _ in range(3 + draw.below(8))),
        "displacement": draw.one((litres, str(litres))),
        "power": draw.form(power),
        "vin": f"LSV{mix(number) % 10**14:014}",
        "offer_created": f"2026-{1 + draw.below(10):02}-{1 + draw.below(28):02}",
        "images": draw.images(number),
    }
    tree = _tree(draw, f"{chinese} {year}款", fuel, litres, power)
    _put_configuration(draw, data, tree)
    _make_worse(draw, data)
    return data


def changed_fields(seed: int, number: int, turn: int) -> Data:
    """What a change of listing `number` says, as the vendor says it."""
    draw = _Draw(mix(seed, number, turn))
    price = draw.form(15_000 + draw.below(600_000))
    kind = draw.below(10)
    if kind < 6:
        return {"new_price": price}
    if kind < 8:
        return {"new_price": price, "km_age": draw.form(draw.below(250_000))}
    if kind == 8:
        return {"new_description": draw.one(_SENTENCES), "new_images": draw.images(number + turn)}
    return {"new_title": f"新标题 {turn}", "new_sticker": "准新车"}  # of no known field


class _Draw:
    """Draws from one number, a little at a time."""

    def __init__(self, state: int) -> None:
        self._state = state
        self._turn = 0

    def below(self, limit: int) -> int:
        self._turn += 1
        return mix(self._state, self._turn) % limit

    def one(self, choices: Any) -> Any:
        return choices[self.below(len(choices))]

    def form(self, number: int) -> int | str:
        """A whole number in one of the forms in which they come."""
        kind = self.below(4)
        if kind == 0:
            return str(number)
        return f"{number:,}".replace(",", " ") if kind == 1 and number >= 10_000 else number

    def images(self, number: int) -> Any:
        urls = [f"https://img.autoimg.cn/{number:x}/{one}.jpg" for one in range(2 + self.below(10))]
        kind = self.below(3)
        if kind == 0:
            return urls
        return orjson.dumps(urls).decode() if kind == 1 else ",".join(urls)


def _tree(draw: _Draw, name: str, fuel: str, litres: float, power: int) -> dict[str, Any]:
    specid = 30_000 + draw.below(20_000)
    sections: tuple[tuple[str, dict[str, Any]], ...] = (
        (
            "基本参数",
            {
                "车型名称": name,
                "厂商": draw.one(("华晨宝马", "一汽-大众", "广汽丰田", "比亚迪")),
                "级别": draw.one(("中型车", "紧凑型SUV", "MPV")),
                "能源类型": WORDS["fuel_type"][fuel][2],
                "环保标准": draw.one(("国V", "国VI")),
                "上市时间": "2020.05",
                "长*宽*高(mm)": "4719*1827*1459",
            },
        ),
        (
            "发动机",
            {
                "发动机型号": f"B48B{draw.below(30)}",
                "排量(L)": str(litres),
                "最大马力(Ps)": str(power),
                "最大功率(kW)": draw.one((round(power * 0.735), str(round(power * 0.735)))),
                "气缸数(个)": "4",
                "可变气门": draw.one(("●", "-")),
            },
        ),
        (
            "变速箱",
            {"变速箱类型": "手自一体变速箱(AT)", "挡位个数": draw.one(("6", "7", "8", "无级变速"))},
        ),
        (
            "底盘转向",
            {"前悬架类型": "双球节弹簧减震", "助力类型": "电动助力", "车体结构": "承载式"},
        ),
        ("安全装备", {"主副驾驶座安全气囊": "主●/副●", "胎压监测": "●", "ABS防抱死": "●"}),
    )
    return {
        "specid": specid,
        "paramtypeitems": [
            {
                "name": section,
                "paramitems": [_item(draw, specid, *pair) for pair in labels.items()],
            }
            for section, labels in sections
        ],
    }


def _item(draw: _Draw, specid: int, label: str, value: Any) -> dict[str, Any]:
    if draw.below(3):
        return {"id": draw.below(900), "name": label, "value": value}
    others = {"specid": specid + 1, "value": "不是这辆"}
    return {"name": label, "valueitems": [others, {"specid": specid, "value": value}]}


def _put_configuration(draw: _Draw, data: Data, tree: dict[str, Any]) -> None:
    kind = draw.below(4)
    if kind == 0:
        data["configuration"] = tree
    elif kind == 1:
        data["configuration"] = orjson.dumps(tree).decode()
    elif kind == 2:
        data["configuration"] = "豪华版"
        data["extra"] = {"configuration": tree}
    else:
        data["configuration"] = {
            item["name"]: item.get("value") or item["valueitems"][1]["value"]
            for section in tree["paramtypeitems"]
            for item in section["paramitems"]
        }
    if not draw.below(5):
        # A seller's phone, which must never be kept.
        data["extra"] = {**data.get("extra", {}), "inspection": {"phone": "+79070000001"}}


def _make_worse(draw: _Draw, data: Data) -> None:
    """What a few of them are like: fields missing, text damaged, values out of any range."""
    kind = draw.below(40)
    if kind == 0:
        del data["price"]
    elif kind == 1:
        data["year"] = 1800
    elif kind == 2:
        data["title"] = data["title"].encode().decode("latin-1")
    elif kind == 3:
        data["price"] = "面议"
    elif kind == 4:
        data["color"] = "Хамелеон"
    elif kind == 5:
        data["vin"] = None
        data["km_age"] = ""
