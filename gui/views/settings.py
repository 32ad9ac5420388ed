"""The Settings view."""

from collections.abc import Iterator

from core.i18n import _
from gui.views.base import View


class SettingsView(View):
    title = staticmethod(lambda: _("Settings"))

    def build(self) -> Iterator[None]:
        yield
