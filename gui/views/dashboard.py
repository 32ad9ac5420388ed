"""The Growth view: how the collection grows, run by run."""

from collections.abc import Iterator

from core.i18n import _
from gui.views.base import View
from gui.widgets.table import EmptyState


class DashboardView(View):
    title = staticmethod(lambda: _("Growth"))

    def build(self) -> Iterator[None]:
        empty = EmptyState(
            self.body,
            "dashboard",
            self.texts,
            lambda: _("Nothing to draw yet"),
            lambda: _("After the first run the growth of your collection is shown here."),
            (lambda: _("To collecting"), lambda: self.window.navigate("collect")),
        )
        empty.place(relx=0.5, rely=0.45, anchor="center")
        yield
