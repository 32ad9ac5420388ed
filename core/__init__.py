"""The collector itself: everything that works without a window."""

__version__ = "1.1.0"
