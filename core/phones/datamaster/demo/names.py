"""Invented names of clients and projects: of the real ones' form, of nobody's firm."""

from core.stand_in.streams import mix

_PREFIXES = ("d", "a", "m", "lead", "pro", "ag")
_FIRST = ("volga", "neva", "taiga", "sever", "ural", "baikal", "onega", "zarya", "rassvet", "kedr")
_SECOND = ("lead", "trafik", "zvonok", "klient", "okna", "dveri", "mebel", "remont", "avto", "dom")
_CYRILLIC = ("Волга-Лид", "Невский звонок", "Тайга Медиа", "Северный трафик", "Заря Реклама")

_SITES = ("сайт", "окна", "двери", "кухни", "ремонт", "мебель", "заборы", "септики", "натяжные")
_TAGS = ("нс", "вк", "яд", "гео", "опт", "тест")

# Names that break careless exports: formulas, separators, quotes, line ends of spreadsheets.
_AWKWARD = (
    "=1+1 {n}",
    "+7 отдел {n}",
    "-скидка {n}",
    "@реклама {n}",
    'имя; с "кавычками", запятой {n}',
    "  пробелы по краям {n}  ",
    "очень " + "длинное " * 20 + "имя {n}",
)

_KIND = 0x6E616D65  # keeps these draws apart from all other uses of the seed


def client_name(seed: int, index: int) -> str:
    """The user name of client number `index`; about one in a hundred has a twin before it."""
    if index % 97 == 96:
        index -= 1
    draw = mix(seed, _KIND, 1, index)
    if draw % 12 == 0:
        return f"{_CYRILLIC[draw // 12 % len(_CYRILLIC)]} {index + 1}"
    prefix = _PREFIXES[draw // 12 % len(_PREFIXES)]
    first = _FIRST[draw // 100 % len(_FIRST)]
    second = _SECOND[draw // 1_000 % len(_SECOND)]
    return f"{prefix}.{first}-{second}{index + 1}"


def project_name(seed: int, index: int) -> str:
    """The name of project number `index`; about one in sixty is awkward on purpose."""
    draw = mix(seed, _KIND, 2, index)
    if draw % 60 == 0:
        return _AWKWARD[draw // 60 % len(_AWKWARD)].format(n=index + 1)
    tag = _TAGS[draw // 60 % len(_TAGS)]
    site = _SITES[draw // 600 % len(_SITES)]
    return f"B{draw // 6_000 % 3 + 1}_{tag} {site}-{index + 1}.рф"
