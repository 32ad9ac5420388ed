"""The Collect view."""

from collections.abc import Iterator

from core.i18n import _
from gui.views.base import View


class CollectView(View):
    title = staticmethod(lambda: _("Collect"))

    def build(self) -> Iterator[None]:
        yield
