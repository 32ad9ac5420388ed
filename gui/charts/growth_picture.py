"""The growth run by run as a picture, for Telegram. Needs no display and no window.

Any thread may call.
"""

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.formats import number
from core.i18n import _
from core.phones.storage.queries.runs import GrowthRow
from core.settings.paths import find_places
from gui.charts.library import cache_folder, load, one_at_a_time

if TYPE_CHECKING:
    from matplotlib.figure import Figure

RUNS_SHOWN = 60  # more bars take long to draw and say nothing on a phone
SIZE = (8.0, 4.5)  # inches
DPI = 120

ALL_PHONES = "#0B7A75"
NEW_PHONES = "#3867D6"
LINES = "#E1E6EB"
TEXT = "#16202A"


def draw_growth(rows: Sequence[GrowthRow]) -> bytes | None:
    """A PNG with all numbers as a line and the new ones of each run as bars.

    None where there are fewer than two runs: a single bar shows no growth.
    """
    shown = rows[-RUNS_SHOWN:]
    if len(shown) < 2:
        return None
    with one_at_a_time:
        load(cache_folder(find_places().home))
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        figure = Figure(figsize=SIZE, dpi=DPI, layout="constrained", facecolor="white")
        FigureCanvasAgg(figure)
        _draw(figure, shown)
        target = io.BytesIO()
        figure.savefig(target, format="png")
    return target.getvalue()


def _draw(figure: "Figure", rows: Sequence[GrowthRow]) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    places = range(len(rows))
    total = figure.add_subplot(2, 1, 1)
    total.plot(places, [row.unique_so_far for row in rows], color=ALL_PHONES, linewidth=2)
    total.set_title(_("All numbers"), loc="left", fontsize=11, color=TEXT)
    new = figure.add_subplot(2, 1, 2, sharex=total)
    new.bar(places, [row.run.new_phones for row in rows], color=NEW_PHONES)
    new.set_title(_("New numbers of each run"), loc="left", fontsize=11, color=TEXT)
    new.set_ylim(bottom=0)
    new.set_xlabel(_("Run"), color=TEXT)
    new.xaxis.set_major_locator(MaxNLocator(nbins=12, integer=True))
    names = [str(row.run.id) for row in rows]
    new.xaxis.set_major_formatter(
        FuncFormatter(lambda x, _place: names[int(x)] if x in places else "")
    )
    total.tick_params(axis="x", labelbottom=False)
    for axes in (total, new):
        axes.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _place: number(y)))
        axes.tick_params(colors=TEXT, labelsize=9)
        axes.grid(visible=True, axis="y", color=LINES)
        axes.set_axisbelow(True)
        for side in ("top", "right", "left"):
            axes.spines[side].set_visible(False)
