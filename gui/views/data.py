"""The Data view: phones, projects, clients and rejected numbers."""

from collections.abc import Iterator

from core.i18n import _
from gui.views.base import View
from gui.widgets.table import EmptyState


class DataView(View):
    title = staticmethod(lambda: _("Data"))

    def build(self) -> Iterator[None]:
        empty = EmptyState(
            self.body,
            "data",
            self.texts,
            lambda: _("No numbers yet"),
            lambda: _("After the first run the collected numbers can be searched here."),
            (lambda: _("To collecting"), lambda: self.window.navigate("collect")),
        )
        empty.place(relx=0.5, rely=0.45, anchor="center")
        yield
