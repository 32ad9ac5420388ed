"""The answer to 'are you well?', for those who restart, balance or raise an alarm."""

from collections.abc import Mapping
from typing import Any

from core.web.problems import Problem


def healthy(facts: Mapping[str, Any]) -> dict[str, Any]:
    """200: all is well. `facts` hold no data of anybody."""
    return {"status": "ok", **facts}


def unhealthy(reason: str, facts: Mapping[str, Any]) -> Problem:
    """503, to be raised; `reason` is a sentence."""
    return Problem(503, reason, headers={"Retry-After": "30"}, **facts)
