"""Every error of an answer: problem+json (RFC 9457), with a sentence for a person in `detail`."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.routing import Match

from core.errors import UserError
from core.i18n import _
from core.web.wrong_values import described, sentence

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"

SCHEMA: dict[str, Any] = {
    "title": "Problem",
    "description": "RFC 9457. `detail` is a sentence for a person.",
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "hint": {"type": "string", "description": "What to do."},
        "errors": {
            "type": "array",
            "description": "With 422: each value that was refused.",
            "items": {
                "type": "object",
                "properties": {
                    "parameter": {"type": "string"},
                    "in": {"type": "string"},
                    "given": {"type": "string"},
                    "allowed": {"type": "string"},
                },
            },
        },
    },
}


class Problem(HTTPException):
    """Raised where a request cannot be answered as it wishes; becomes a problem+json answer.

    `members` are further keys of the answer. A `detail` holds no secret.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        **members: Any,
    ) -> None:
        super().__init__(status, detail, headers)
        self.members = members


def problem_response(problem: Problem) -> JSONResponse:
    """The answer of a problem; for whoever stands before the routes and cannot raise it."""
    status = problem.status_code
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": problem.detail,
        **problem.members,
    }
    return JSONResponse(body, status, problem.headers, MEDIA_TYPE)


def problem_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For `responses=` of a route: that these statuses are answered as problems."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        status: {"description": HTTPStatus(status).phrase, "content": content}
        for status in statuses
    }


def answer_problems(app: FastAPI) -> None:
    """Turn everything that a route can raise into a problem.

    A `UserError` that a route does not expect is 503: with it the program says that something
    around it is in a bad way, such as its database.
    """
    app.add_exception_handler(HTTPException, _of_http)
    app.add_exception_handler(RequestValidationError, _of_validation)
    app.add_exception_handler(UserError, _of_user_error)
    app.add_exception_handler(Exception, _of_bug)


async def _of_http(request: Request, error: Exception) -> JSONResponse:
    if isinstance(error, Problem):
        return problem_response(error)
    assert isinstance(error, HTTPException)  # noqa: S101 - as it is registered
    status, detail, headers = error.status_code, str(error.detail), error.headers
    match status:
        case 400:  # the body is no text: as wrong as one that is no JSON
            status, detail = 422, _("The body cannot be read.")
        case 404:
            detail = _("There is nothing at {path}.").format(path=request.url.path)
        case 405:
            allowed = ", ".join(_methods(request))
            headers = {"Allow": allowed}
            detail = _("{method} is not possible here; possible is {allowed}.").format(
                method=request.method, allowed=allowed
            )
    return problem_response(Problem(status, detail, headers=headers))


def _methods(request: Request) -> list[str]:
    """All that is possible at this path: Starlette names those of the first route alone."""
    found: set[str] = set()
    for route in request.app.routes:
        match, _scope = route.matches(request.scope)
        if match is not Match.NONE:
            found.update(getattr(route, "methods", None) or ())
    return sorted(found)


async def _of_validation(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - as it is registered
    wrong = [described(one) for one in error.errors()]
    detail = " ".join(map(sentence, wrong))
    errors = [one.as_json() for one in wrong]
    return problem_response(Problem(422, detail, errors=errors))


def away(error: UserError) -> Problem:
    """503: something around the program is in a bad way, such as its database."""
    log.warning("a request could not be answered: %s", error)
    headers = {"Retry-After": "30"}
    if error.hint:
        return Problem(503, error.message, headers=headers, hint=error.hint)
    return Problem(503, error.message, headers=headers)


async def _of_user_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, UserError)  # noqa: S101 - as it is registered
    return problem_response(away(error))


async def _of_bug(_request: Request, error: Exception) -> JSONResponse:
    # Starlette raises it again after the answer, and uvicorn logs it, masked as everything is.
    detail = _("An error of the program; its log says more.")
    return problem_response(Problem(500, detail))
