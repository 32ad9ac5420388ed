"""Draws charts into pictures with matplotlib, in any thread but the one of Tk.

A chart of 50 bars takes matplotlib 50 ms, so nothing is drawn on the Tk thread: it only puts
the finished picture on the screen. matplotlib is not made for several threads, so one draws
at a time.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gui import style
from gui.charts.axis import places_to_label, round_steps, short
from gui.charts.library import load, one_at_a_time
from gui.charts.model import ChartData, Panel, Picture, Ranking, Series, Shape

DPI = 72  # so that a point is a pixel
FEWEST_SLOTS = 3.2  # width of the axis in bars, at the least
PALE = 0.75  # bars beside the chosen one: paler, but 3 to 1 on the card


@dataclass(frozen=True, slots=True)
class Look:
    """How to draw: size in pixels, pixels per unscaled pixel, theme, font, background."""

    width: int
    height: int
    scale: float = 1.0
    dark: bool = False
    family: str = ""
    background: style.Colour = style.CARD
    title: str = ""  # drawn into saved pictures only; the window has it beside the chart

    def shade(self, colour: style.Colour) -> str:
        return colour[1] if self.dark else colour[0]


class Drawing:
    """A figure that is drawn again and again; keep one for each chart."""

    def __init__(self, cache: Path) -> None:
        """`cache` is a folder that stays: matplotlib keeps its list of fonts there."""
        self.cache = cache
        self._figure: Any = None

    def draw(self, data: ChartData | Ranking, look: Look) -> Picture:
        """The picture of `data`. Takes some 20 to 80 ms, the first time up to a second."""
        with one_at_a_time:
            load(self.cache)
            figure, canvas = self._blank(look)
            if isinstance(data, Ranking):
                places, top, bottom = _ranking(figure, data, look)
            else:
                places, top, bottom = _chart(figure, data, look)
            canvas.draw()
            rgba = bytes(canvas.buffer_rgba())
            width, height = canvas.get_width_height()
        across = not isinstance(data, Ranking)
        return Picture(width, height, rgba, places, top, bottom, across)

    def save(self, data: ChartData | Ranking, look: Look, path: Path) -> None:
        """The picture with its title as PNG. Raises OSError."""
        from PIL import Image

        picture = self.draw(data, look)
        image = Image.frombytes("RGBA", (picture.width, picture.height), picture.rgba)
        image.convert("RGB").save(path, "PNG")

    def _blank(self, look: Look) -> tuple[Any, Any]:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        if self._figure is None:
            self._figure = Figure(dpi=DPI)
        figure = self._figure
        figure.clear()
        figure.set_size_inches(look.width / DPI, look.height / DPI)
        figure.set_facecolor(look.shade(look.background))
        return figure, FigureCanvasAgg(figure)


def _fonts(look: Look, size: float, *, bold: bool = False) -> Any:
    from matplotlib.font_manager import FontProperties, get_font_names

    known = [look.family] if look.family in get_font_names() else []
    weight = "bold" if bold else "normal"
    return FontProperties(family=[*known, "DejaVu Sans"], size=size * look.scale, weight=weight)


def _chart(figure: Any, data: ChartData, look: Look) -> tuple[Sequence[float], float, float]:
    scale, width, height = look.scale, look.width, look.height
    head = _title(figure, look)
    parts = 4 if len(data.panels) == 1 else 2
    steps = [round_steps(_largest(panel), panel.unit, parts) for panel in data.panels]
    longest = max(
        (len(short(value, panel.unit)) for panel, at in zip(data.panels, steps, strict=True)
         for value in at),
        default=1,
    )  # fmt: skip
    left = (14 + 6.3 * longest) * scale
    right, foot, gap = 10 * scale, 24 * scale, 22 * scale
    count = max(1, len(data.panels))
    named = any(panel.name for panel in data.panels)
    head += (18 if named else 8) * scale
    room = (height - head - foot - gap * (count - 1)) / count
    axes = None
    for number, (panel, at) in enumerate(zip(data.panels, steps, strict=True)):
        bottom = foot + (count - 1 - number) * (room + gap)
        box = (left / width, bottom / height, (width - left - right) / width, room / height)
        axes = figure.add_axes(box)
        _axes(axes, panel, at, len(data.labels), look)
    if axes is None:
        return [], 0, 0
    chosen = places_to_label(data.labels, (width - left - right) / scale)
    axes.set_xticks(chosen, [data.labels[place] for place in chosen])
    for label in axes.get_xticklabels():
        label.set_fontproperties(_fonts(look, 11))
        label.set_color(look.shade(style.MUTED))
    _keep_inside(figure, axes)
    centres = [float(axes.transData.transform((n, 0))[0]) for n in range(len(data.labels))]
    return centres, head, height - foot


def _axes(axes: Any, panel: Panel, at: Sequence[float], places: int, look: Look) -> None:
    axes.set_facecolor(look.shade(look.background))
    for side in axes.spines.values():
        side.set_visible(False)
    axes.tick_params(length=0, pad=6 * look.scale)
    axes.set_ylim(0, at[-1] * 1.04)
    bars = any(series.shape is Shape.BARS for series in panel.series)
    margin = 0.6 if bars or places < 2 else 0.0
    if bars:  # one or two are as wide as three would be, not as wide as the chart
        margin = max(margin, (FEWEST_SLOTS - places + 1) / 2)
    axes.set_xlim(-margin, max(0, places - 1) + (margin or 0.02 * places))
    axes.set_yticks(at, [short(value, panel.unit) for value in at])
    axes.set_xticks([])
    for label in axes.get_yticklabels():
        label.set_fontproperties(_fonts(look, 11))
        label.set_color(look.shade(style.MUTED))
    axes.grid(axis="y", color=look.shade(style.LINE), linewidth=look.scale)
    axes.set_axisbelow(True)
    if panel.name:
        axes.text(0, 1.0, panel.name, transform=axes.transAxes, va="bottom", ha="left",
                  color=look.shade(style.MUTED), fontproperties=_fonts(look, 11))  # fmt: skip
    for series in panel.series:
        _series(axes, series, look)


def _series(axes: Any, series: Series, look: Look) -> None:
    colour = look.shade(series.colour)
    places = [place for place, value in enumerate(series.values) if value is not None]
    values = [value for value in series.values if value is not None]
    if not places:
        return
    if series.shape is Shape.BARS:
        colours = [
            look.shade(style.ACCENT) if place == series.chosen else colour for place in places
        ]
        bars = axes.bar(places, values, width=0.72, color=colours, linewidth=0)
        for place, bar in zip(places, bars, strict=True):
            bar.set_alpha(1.0 if place == series.chosen or series.chosen is None else PALE)
        return
    if series.shape is Shape.AREA:
        axes.fill_between(places, values, color=colour, alpha=0.14, linewidth=0)
    axes.plot(places, values, color=colour, linewidth=2 * look.scale, solid_capstyle="round")
    end = places.index(series.chosen) if series.chosen in places else len(places) - 1
    axes.plot([places[end]], [values[end]], "o", color=colour, markersize=7 * look.scale,
              clip_on=False)  # fmt: skip


def _keep_inside(figure: Any, axes: Any) -> None:
    """Move the last label to the left as far as it would be cut, and the first to the right as far
    as it would touch the 0 of the axis: they stay under their bars."""
    from matplotlib.transforms import Affine2D

    labels = axes.get_xticklabels()
    if labels:
        over = labels[-1].get_window_extent().x1 - figure.bbox.x1
        if over > 0:
            labels[-1].set_transform(labels[-1].get_transform() + Affine2D().translate(-over, 0))
        under = axes.bbox.x0 - labels[0].get_window_extent().x0
        if under > 0:
            labels[0].set_transform(labels[0].get_transform() + Affine2D().translate(under, 0))


def _largest(panel: Panel) -> float:
    values = [value for each in panel.series for value in each.values if value is not None]
    return max([*values, 0]) or 1


def _ranking(figure: Any, data: Ranking, look: Look) -> tuple[Sequence[float], float, float]:
    scale, width, height = look.scale, look.width, look.height
    head = _title(figure, look)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(0, width)
    axes.set_ylim(height, 0)
    room = (height - head) / max(1, len(data.rows))
    row = min(36 * scale, room)
    largest = max([each.value for each in data.rows], default=1) or 1
    centres = []
    for number, each in enumerate(data.rows):
        top = head + number * row
        centres.append(top + row / 2)
        value = axes.text(width - 1, top + row * 0.36, each.text, va="center", ha="right",
                          color=look.shade(style.TEXT),
                          fontproperties=_fonts(look, 12, bold=True))  # fmt: skip
        name = axes.text(0, top + row * 0.36, "", va="center", color=look.shade(style.TEXT),
                         fontproperties=_fonts(look, 12))  # fmt: skip
        _cut(name, each.label, value.get_window_extent().x0 - 12 * scale)
        for part, colour in ((1.0, style.TRACK), (each.value / largest, style.ACCENT)):
            axes.barh([top + row * 0.8], [width * part], height=5 * scale,
                      color=look.shade(colour), linewidth=0)  # fmt: skip
    return centres, head, head + row * len(data.rows)


def _cut(drawn: Any, text: str, room: float) -> None:
    """Names are as long as people make them; the number beside needs its place. Shows as much of
    the text as `room` pixels hold."""
    text = " ".join(text.split())

    def fits(shown: str) -> bool:
        drawn.set_text(shown)
        return float(drawn.get_window_extent().width) <= room

    if not fits(text):
        too_many = bisect_left(range(len(text)), True, key=lambda most: not fits(text[:most] + "…"))
        drawn.set_text(text[: max(1, too_many - 1)].rstrip() + "…")


def _title(figure: Any, look: Look) -> float:
    """Draw the title if there is one; returns the height that it takes."""
    if not look.title:
        return 0.0
    figure.text(
        14 * look.scale / look.width, 1 - 18 * look.scale / look.height, look.title, va="center",
        color=look.shade(style.TEXT), fontproperties=_fonts(look, 14, bold=True),
    )  # fmt: skip
    return 34 * look.scale
