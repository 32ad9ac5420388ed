"""The sentences of argparse itself in the language of the program.

Python brings no translations of them; argparse looks each up under the name `_` of its module.
"""

import argparse

from core.i18n import _


def _sentences() -> tuple[str, ...]:
    """Those that a user can come to see, named here so that the catalogues hold them."""
    return (
        _("usage: "),
        _("options"),
        _("positional arguments"),
        _("show this help message and exit"),
        _("%(prog)s: error: %(message)s\n"),
        _("argument %(argument_name)s: %(message)s"),
        _("the following arguments are required: %s"),
        _("unrecognized arguments: %s"),
        _("expected one argument"),
        _("not allowed with argument %s"),
        _("invalid choice: %(value)r (choose from %(choices)s)"),
        _("invalid %(type)s value: %(value)r"),
        _("ambiguous option: %(option)s could match %(matches)s"),
    )


def translate_parser() -> None:
    """From now on argparse speaks the present language of `core.i18n`."""
    setattr(argparse, "_", _)  # noqa: B010 - the stubs do not know the name
