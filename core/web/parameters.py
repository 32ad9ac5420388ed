"""Refuses query parameters that a route does not have, or that are given twice."""

from collections.abc import Iterator
from typing import Any

from fastapi import Request
from fastapi.dependencies.models import Dependant
from pydantic import BaseModel

from core.i18n import _
from core.web.problems import Problem
from core.web.wrong_values import WrongValue, sentence, unknown


async def refuse_unknown(request: Request) -> None:
    """A dependency of the whole app. Raises Problem 422: a misspelt filter must not look like
    one that found everything."""
    dependant = getattr(request.scope.get("route"), "dependant", None)
    if dependant is None or not request.query_params:
        return
    known = dict(_names(dependant))
    wrong = []
    for name, value in request.query_params.items():
        given = request.query_params.getlist(name)
        if name not in known:
            wrong.append(unknown(name, "query", value))
        elif len(given) > 1 and not known[name]:
            wrong.append(WrongValue(name, "query", ", ".join(given), _("one value")))
    if wrong:
        detail = " ".join(map(sentence, wrong))
        raise Problem(422, detail, errors=[one.as_json() for one in wrong])


def _names(dependant: Dependant) -> Iterator[tuple[str, bool]]:
    """Each parameter of the query, and whether it may be given several times."""
    for field in dependant.query_params:
        kind: Any = field.field_info.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            for name, inner in kind.model_fields.items():
                yield inner.alias or name, _takes_several(inner.annotation)
        else:
            yield field.alias, _takes_several(kind)
    for below in dependant.dependencies:
        yield from _names(below)


def _takes_several(kind: Any) -> bool:
    return any(word in str(kind).lower() for word in ("list[", "tuple[", "set[", "sequence["))
