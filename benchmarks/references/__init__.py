"""Yardsticks: the same collection as others would write it in an afternoon. Not part of the program."""
