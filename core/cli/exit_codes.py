"""What a process tells whoever started it, the same for every system; README lists them."""

DONE = 0
FAILED = 1
WRONG_USAGE = 2
SOME_FAILED = 3
STOPPED = 130
