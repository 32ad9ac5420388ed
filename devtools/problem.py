"""The one error of these tools."""


class Problem(Exception):
    """Something the developer has to mend; its text says what happened and what to do."""
