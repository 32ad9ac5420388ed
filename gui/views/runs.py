"""The Runs view."""

from collections.abc import Iterator

from core.i18n import _
from gui.views.base import View


class RunsView(View):
    title = staticmethod(lambda: _("Runs"))

    def build(self) -> Iterator[None]:
        yield
