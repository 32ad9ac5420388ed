"""The six views of the window, in the order of the side bar.

A view is loaded (its module imported) when it is first needed, so that the window is there
before matplotlib is.
"""

from collections.abc import Callable
from dataclasses import dataclass

from core.i18n import _
from gui.texts import Words
from gui.views.base import View


@dataclass(frozen=True, slots=True)
class ViewSpec:
    """A view's place in the side bar."""

    key: str
    title: Words
    icon: str
    load: Callable[[], type[View]]


def _collect() -> type[View]:
    from gui.views.collect import CollectView

    return CollectView


def _dashboard() -> type[View]:
    from gui.views.dashboard import DashboardView

    return DashboardView


def _data() -> type[View]:
    from gui.views.data import DataView

    return DataView


def _runs() -> type[View]:
    from gui.views.runs import RunsView

    return RunsView


def _settings() -> type[View]:
    from gui.views.settings import SettingsView

    return SettingsView


def _check() -> type[View]:
    from gui.views.check import CheckView

    return CheckView


def _welcome() -> type[View]:
    from gui.views.welcome import WelcomeView

    return WelcomeView


VIEWS = (
    ViewSpec("collect", lambda: _("Collect"), "collect", _collect),
    ViewSpec("dashboard", lambda: _("Growth"), "dashboard", _dashboard),
    ViewSpec("data", lambda: _("Data"), "data", _data),
    ViewSpec("runs", lambda: _("Runs"), "runs", _runs),
    ViewSpec("settings", lambda: _("Settings"), "settings", _settings),
    ViewSpec("check", lambda: _("Check"), "search", _check),
)

WELCOME = ViewSpec("welcome", lambda: _("Welcome"), "collect", _welcome)  # not in the side bar


def find(key: str) -> ViewSpec:
    """The view of that key; raises StopIteration for a key that no view has."""
    return next(spec for spec in (*VIEWS, WELCOME) if spec.key == key)
