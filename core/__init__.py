"""The collector itself: everything that works without a window."""

__version__ = "1.0.0"
