"""Refuses query parameters that a route does not have, or that are given twice."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from fastapi import Request
from fastapi.dependencies.models import Dependant
from pydantic import BaseModel

from core.i18n import _
from core.web.problems import Problem
from core.web.wrong_values import WrongValue, sentence, unknown

E = TypeVar("E", bound=Callable[..., Any])


def reads_its_query(endpoint: E) -> E:
    """For an endpoint that takes the whole query and refuses what it does not know by itself."""
    endpoint.__dict__["reads_its_query"] = True
    return endpoint


async def refuse_unknown(request: Request) -> None:
    """A dependency of the whole app. Raises Problem 422: a misspelt filter must not look like
    one that found everything."""
    route = request.scope.get("route")
    dependant = getattr(route, "dependant", None)
    if dependant is None or not request.scope.get("query_string"):
        return
    if getattr(getattr(route, "endpoint", None), "reads_its_query", False):
        return
    known = _known(dependant)
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


_found: dict[int, tuple[Dependant, dict[str, bool]]] = {}


def _known(dependant: Dependant) -> dict[str, bool]:
    """`_names`, looked for once a route: an application has few, and they stay."""
    found = _found.get(id(dependant))
    if found is None or found[0] is not dependant:
        found = _found[id(dependant)] = (dependant, dict(_names(dependant)))
    return found[1]


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
