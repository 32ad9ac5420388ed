"""Draws the program's icons: python -m devtools.draw_icons

Each icon is a mask on a 24-unit grid with 2-unit lines and round ends, drawn four times
larger than needed and scaled down. The window colours the masks from its palette
(gui/icons.py), so one file serves both themes. The program's own icon is drawn in colour.
"""

import math
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageDraw

ASSETS = Path(__file__).parent.parent / "assets"
UNIT = 16  # pixels a grid unit while drawing
SIZE = 96  # of the stored mask: 24 units at four times, enough for 200 % scaling
LINE = 1.9

Point = tuple[float, float]


class Pen:
    """Round-ended lines and shapes in grid units."""

    def __init__(self) -> None:
        self.image = Image.new("L", (24 * UNIT, 24 * UNIT), 0)
        self.draw = ImageDraw.Draw(self.image)

    def line(self, *points: Point, width: float = LINE, ink: int = 255) -> None:
        scaled = [(x * UNIT, y * UNIT) for x, y in points]
        self.draw.line(scaled, fill=ink, width=round(width * UNIT))
        for x, y in points:
            self.dot((x, y), width / 2, ink)

    def dot(self, centre: Point, radius: float, ink: int = 255) -> None:
        x, y = centre
        box = [(x - radius) * UNIT, (y - radius) * UNIT, (x + radius) * UNIT, (y + radius) * UNIT]
        self.draw.ellipse(box, fill=ink)

    def ring(self, centre: Point, radius: float, start: float = 0, end: float = 360) -> None:
        """An arc in degrees, clockwise from three o'clock."""
        steps = max(2, round((end - start) / 3))
        angles = [math.radians(start + (end - start) * i / steps) for i in range(steps + 1)]
        x, y = centre
        self.line(*[(x + radius * math.cos(a), y + radius * math.sin(a)) for a in angles])

    def box(self, left: float, top: float, right: float, bottom: float, radius: float) -> None:
        half = LINE / 2
        outer = [(left - half) * UNIT, (top - half) * UNIT]
        outer += [(right + half) * UNIT, (bottom + half) * UNIT]
        self.draw.rounded_rectangle(
            outer, (radius + half) * UNIT, outline=255, width=round(LINE * UNIT)
        )

    def solid(self, *points: Point) -> None:
        self.draw.polygon([(x * UNIT, y * UNIT) for x, y in points], fill=255)
        self.line(*points, points[0], width=1.2)


def collect(pen: Pen) -> None:
    pen.line((12, 4), (12, 14))
    pen.line((7.5, 9.8), (12, 14.3), (16.5, 9.8))
    pen.line((4, 15), (4, 19.5), (20, 19.5), (20, 15))


def dashboard(pen: Pen) -> None:
    pen.line((3.5, 17.5), (9, 11), (13, 14.5), (20.5, 6.5))
    pen.line((15.5, 6.2), (20.6, 6.2), (20.6, 11.2))


def data(pen: Pen) -> None:
    for y in (6.5, 12, 17.5):
        pen.line((8.5, y), (20.5, y))
        pen.dot((4.3, y), 1.25)


def runs(pen: Pen) -> None:
    pen.ring((12, 12), 8.4)
    pen.line((12, 7), (12, 12), (15.6, 14.2))


def settings(pen: Pen) -> None:
    for y, knob in ((6.5, 15.5), (12, 8.5), (17.5, 13)):
        pen.line((3.5, y), (20.5, y))
        pen.dot((knob, y), 3.6, 0)
        pen.ring((knob, y), 2.2)


def play(pen: Pen) -> None:
    pen.solid((8, 5.5), (18.5, 12), (8, 18.5))


def stop(pen: Pen) -> None:
    pen.solid((6.8, 6.8), (17.2, 6.8), (17.2, 17.2), (6.8, 17.2))


def resume(pen: Pen) -> None:
    pen.line((6, 5.6), (6, 18.4), width=2.4)
    pen.solid((10.5, 5.5), (20, 12), (10.5, 18.5))


def export(pen: Pen) -> None:
    pen.line((12, 14.5), (12, 4.3))
    pen.line((7.5, 8.6), (12, 4.1), (16.5, 8.6))
    pen.line((4, 15), (4, 19.5), (20, 19.5), (20, 15))


def chevron_down(pen: Pen) -> None:
    pen.line((6.5, 9.3), (12, 14.8), (17.5, 9.3), width=2.3)


def chevron_up(pen: Pen) -> None:
    pen.line((6.5, 14.8), (12, 9.3), (17.5, 14.8), width=2.3)


def sort(pen: Pen) -> None:
    pen.line((7, 9.6), (12, 4.6), (17, 9.6), width=2.3)
    pen.line((7, 14.4), (12, 19.4), (17, 14.4), width=2.3)


def chevron_left(pen: Pen) -> None:
    pen.line((14.5, 5.5), (8.2, 12), (14.5, 18.5), width=2.1)


def chevron_right(pen: Pen) -> None:
    pen.line((9.5, 5.5), (15.8, 12), (9.5, 18.5), width=2.1)


def close(pen: Pen) -> None:
    pen.line((6, 6), (18, 18))
    pen.line((18, 6), (6, 18))


def search(pen: Pen) -> None:
    pen.ring((10.5, 10.5), 6.3)
    pen.line((15.3, 15.3), (20, 20))


def pause(pen: Pen) -> None:
    pen.line((8.5, 6), (8.5, 18), width=2.6)
    pen.line((15.5, 6), (15.5, 18), width=2.6)


def copy(pen: Pen) -> None:
    pen.box(8.5, 8.5, 19.5, 19.5, 2)
    pen.line((5.6, 15.5), (4.5, 15.5), (4.5, 4.5), (15.5, 4.5), (15.5, 5.6))


def document(pen: Pen) -> None:
    pen.line((13.5, 3.8), (6, 3.8), (6, 20.2), (18, 20.2), (18, 8.3), (13.5, 3.8))
    pen.line((9.3, 12.2), (14.7, 12.2))
    pen.line((9.3, 16), (14.7, 16))


def folder(pen: Pen) -> None:
    pen.line((3.5, 18.5), (3.5, 5.8), (9, 5.8), (11.3, 8.3), (20.5, 8.3), (20.5, 18.5), (3.5, 18.5))


def check(pen: Pen) -> None:
    pen.line((5, 12.5), (10, 17.5), (19.3, 7), width=2.3)


def done(pen: Pen) -> None:
    pen.ring((12, 12), 8.4)
    pen.line((8, 12.3), (11, 15.2), (16.2, 9.3))


def warning(pen: Pen) -> None:
    pen.line((12, 4), (21, 19.5), (3, 19.5), (12, 4))
    pen.line((12, 9.8), (12, 13.8))
    pen.dot((12, 16.6), 1.15)


def error(pen: Pen) -> None:
    pen.ring((12, 12), 8.4)
    pen.line((12, 7.6), (12, 12.6))
    pen.dot((12, 16.1), 1.2)


def info(pen: Pen) -> None:
    pen.ring((12, 12), 8.4)
    pen.line((12, 11.5), (12, 16.3))
    pen.dot((12, 8), 1.2)


def eye(pen: Pen) -> None:
    upper = [(2.5 + 19 * i / 24, 12 - 6.3 * math.sin(math.pi * i / 24)) for i in range(25)]
    lower = [(x, 24 - y) for x, y in upper]
    pen.line(*upper)
    pen.line(*lower)
    pen.ring((12, 12), 2.6)


def eye_off(pen: Pen) -> None:
    eye(pen)
    pen.line((5, 20), (19, 4), width=4.6, ink=0)
    pen.line((5, 20), (19, 4))


def trash(pen: Pen) -> None:
    pen.line((4, 7), (20, 7))
    pen.line((9, 7), (9, 4.2), (15, 4.2), (15, 7))
    pen.line((6, 7), (7, 20), (17, 20), (18, 7))
    pen.line((10.2, 11), (10.5, 16))
    pen.line((13.8, 11), (13.5, 16))


def refresh(pen: Pen) -> None:
    pen.ring((12, 12), 7.6, -60, 235)
    pen.line((20, 4.5), (16.2, 5.2), (16.9, 9.2))


def users(pen: Pen) -> None:
    pen.ring((9, 8.3), 3.6)
    pen.ring((9, 20.8), 6.6, 190, 350)
    pen.ring((16, 8.3), 3.4, -80, 80)
    pen.ring((15.5, 20.5), 6.3, 300, 350)


def plus(pen: Pen) -> None:
    pen.line((12, 5), (12, 19))
    pen.line((5, 12), (19, 12))


def box(pen: Pen) -> None:
    pen.box(4.5, 4.5, 19.5, 19.5, 3)


def box_ticked(pen: Pen) -> None:
    pen.draw.rounded_rectangle([3.5 * UNIT, 3.5 * UNIT, 20.5 * UNIT, 20.5 * UNIT], 4 * UNIT, 255)
    pen.line((8, 12.3), (11, 15.2), (16.2, 9.3), width=2.3, ink=0)


ICONS: tuple[Callable[[Pen], None], ...] = (
    collect, dashboard, data, runs, settings, play, stop, resume, export, chevron_down,
    chevron_up, chevron_left, chevron_right, sort, close, search, pause, copy, document, folder,
    check, done, warning, error, info, eye, eye_off, trash, refresh, users, plus, box, box_ticked,
)  # fmt: skip


def program_icon(size: int) -> Image.Image:
    """The program's icon: a growing line of bars in the accent colour, with a plus."""
    big = 1024
    image = Image.new("RGBA", (big, big), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle([32, 32, big - 32, big - 32], 220, fill="#0B7A75")
    for left, top, colour in ((212, 612, "#9FD9D3"), (432, 452, "#D6EEEC"), (652, 252, "#FFFFFF")):
        draw.rounded_rectangle([left, top, left + 160, 796], 48, fill=colour)
    draw.rounded_rectangle([216, 312, 396, 362], 25, fill="#FFFFFF")
    draw.rounded_rectangle([281, 247, 331, 427], 25, fill="#FFFFFF")
    return image.resize((size, size), Image.Resampling.LANCZOS)


def main() -> None:
    folder_path = ASSETS / "icons"
    folder_path.mkdir(parents=True, exist_ok=True)
    for shape in ICONS:
        pen = Pen()
        shape(pen)
        mask = pen.image.resize((SIZE, SIZE), Image.Resampling.LANCZOS)
        mask.save(folder_path / f"{shape.__name__}.png", optimize=True)
    program_icon(256).save(ASSETS / "icon.png", optimize=True)
    sizes = [(size, size) for size in (16, 20, 24, 32, 40, 48, 64, 128, 256)]
    program_icon(256).save(ASSETS / "icon.ico", sizes=sizes)


if __name__ == "__main__":
    main()
