"""The phone collector's settings: their table and their typed values."""
