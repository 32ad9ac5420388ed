"""The palette in which docs/screenshots are kept."""

import pytest
from PIL import Image

from devtools.photographer import COLOURS, with_palette


def test_a_picture_keeps_its_surfaces_and_rare_colours() -> None:
    surface, card, red = (244, 246, 248), (255, 255, 255), (179, 38, 30)
    picture = Image.new("RGB", (400, 300), surface)
    picture.paste(card, (40, 40, 360, 260))
    for x in range(200):  # edges of letters: more colours than a palette has
        for y in range(40):
            picture.putpixel((100 + x, 100 + y), (40 + x, 30 + x // 2 + y, 60 + 2 * y))
    for x in range(3):
        picture.putpixel((300 + x, 200), red)
    small = with_palette(picture)
    assert len(small.getcolors() or ()) <= COLOURS
    shown = small.convert("RGB")
    assert shown.getpixel((5, 5)) == surface
    assert shown.getpixel((50, 50)) == card
    assert shown.getpixel((301, 200)) == pytest.approx(red, abs=12)
    assert shown.getpixel((180, 120)) == pytest.approx((120, 90, 100), abs=16)
