"""Reads the query of `/offers` by its model at once.

FastAPI would take each of the 26 parameters by itself, which costs a third of an answer; the model
alone takes a fiftieth. OpenAPI is told what the model says.
"""

from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from core.cars.api.filters import OfferFilters
from core.i18n import _
from core.web.problems import Problem
from core.web.wrong_values import WrongValue, sentence


async def read_filters(request: Request) -> OfferFilters:
    """A dependency. Raises Problem or RequestValidationError, both 422."""
    given = request.query_params
    values = dict(given)
    if len(given.multi_items()) != len(values):
        _refuse_twice(given.multi_items())
    try:
        return OfferFilters.model_validate(values)
    except ValidationError as error:
        found = error.errors()
        raise RequestValidationError(
            [{**one, "loc": ("query", *one["loc"])} for one in found]
        ) from None


def _refuse_twice(items: list[tuple[str, str]]) -> None:
    names = [name for name, _value in items]
    wrong = [
        WrongValue(
            name,
            "query",
            ", ".join(value for other, value in items if other == name),
            _("one value"),
        )
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    ]
    raise Problem(422, " ".join(map(sentence, wrong)), errors=[one.as_json() for one in wrong])


def described_parameters() -> dict[str, Any]:
    """For `openapi_extra` of the route."""
    schema = OfferFilters.model_json_schema()
    return {
        "parameters": [
            {
                "name": name,
                "in": "query",
                "required": False,
                "description": one.pop("description"),
                "schema": one,
            }
            for name, one in schema["properties"].items()
        ]
    }
