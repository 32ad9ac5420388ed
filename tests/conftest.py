"""Which tests must not run beside each other."""

import pytest

# Windows share a screen and its keyboard; what is packed is built once and then started often.
TOGETHER = ("tests/gui/", "tests/exe/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """With several test processes each of these folders stays in one of them, in its order."""
    for item in items:
        for folder in TOGETHER:
            if item.nodeid.startswith(folder):
                item.add_marker(pytest.mark.xdist_group(folder))
