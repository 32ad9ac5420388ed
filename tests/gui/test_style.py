"""The palette: what stands on what can be read, and the theme file has no colours of its own."""

import json

import pytest

from gui import style
from gui.charts.drawing import PALE
from gui.icons import ASSETS

# What stands on which surface in the window. Inactive controls are exempt (WCAG 1.4.3).
PAIRS = [
    *(
        (text, surface)
        for text in ("TEXT", "MUTED", "ACCENT", "WARNING", "ERROR", "DONE", "SECOND")
        for surface in ("CARD", "WINDOW")
    ),
    *((text, "SUNKEN") for text in ("MUTED", "WARNING", "ERROR", "DONE")),
    *((text, "SIDE_BAR") for text in ("TEXT", "MUTED", "WARNING")),
    ("TEXT", "HOVER"),
    ("MUTED", "HOVER"),
    ("TEXT", "ACCENT_SOFT"),
    ("ACCENT_TEXT", "ACCENT_SOFT"),
    ("TEXT", "WARNING_SOFT"),
    ("WARNING", "WARNING_SOFT"),
    ("TEXT", "ERROR_SOFT"),
    ("ERROR", "ERROR_SOFT"),
    ("DONE", "DONE_SOFT"),
    ("ON_ACCENT", "ACCENT"),
    ("ON_ACCENT", "ACCENT_HOVER"),
]


# What shows a part without words, and bars of a chart beside the chosen one (WCAG 1.4.11).
PARTS = [("PART", "CARD"), ("PART", "WINDOW"), ("PART", "SUNKEN"), ("ACCENT", "TRACK")]


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "surface"), PAIRS)
def test_contrast(text: str, surface: str, theme: int) -> None:
    assert contrast(getattr(style, text)[theme], getattr(style, surface)[theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("part", "surface"), PARTS)
def test_contrast_of_parts(part: str, surface: str, theme: int) -> None:
    assert contrast(getattr(style, part)[theme], getattr(style, surface)[theme]) >= 3


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_bars_beside_the_chosen_one_are_seen(theme: int) -> None:
    bar, card = style.SECOND[theme], style.CARD[theme]
    mixed = (
        PALE * int(bar[i : i + 2], 16) + (1 - PALE) * int(card[i : i + 2], 16) for i in (1, 3, 5)
    )
    assert contrast("#" + "".join(f"{round(part):02X}" for part in mixed), card) >= 3


def test_theme_file_uses_the_palette_only() -> None:
    palette = {value for name, value in vars(style).items() if name.isupper() and _is_colour(value)}
    theme = json.loads((ASSETS / "theme.json").read_text("utf-8"))
    for widget, options in theme.items():
        for option, value in options.items():
            if option.endswith("color") and value != "transparent":
                assert tuple(value) in palette, f"{widget} {option}"


def _is_colour(value: object) -> bool:
    return isinstance(value, tuple) and all(str(part).startswith("#") for part in value)
