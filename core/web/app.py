"""The FastAPI application that each system fills with its routes."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from fastapi import Depends, FastAPI
from starlette.middleware import Middleware

from core import __version__
from core.web.body import BodyLimit
from core.web.guard import Guard, GuardMiddleware
from core.web.parameters import refuse_unknown
from core.web.problems import SCHEMA, answer_problems, problem_responses
from core.web.request_log import RequestLog

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


class WebApp(FastAPI):
    """Guarded, with errors as problems and unknown parameters refused; OpenAPI at /docs.

    `outer` and `inner` are further middlewares of the system, before and behind the guard. Routes
    give `dependencies=[needs(…)]`, and must not compute or wait in the loop.
    """

    def __init__(
        self,
        *,
        guard: Guard,
        title: str,
        description: str,
        outer: tuple[Middleware, ...] = (),
        inner: tuple[Middleware, ...] = (),
        lifespan: Lifespan | None = None,
    ) -> None:
        super().__init__(
            title=title,
            description=description,
            version=__version__,
            redoc_url=None,
            redirect_slashes=False,
            dependencies=[Depends(refuse_unknown)],
            responses=problem_responses(401, 403, 413, 422, 429, 503),
            middleware=[
                Middleware(RequestLog),
                *outer,
                Middleware(GuardMiddleware, guard=guard),
                Middleware(BodyLimit),
                *inner,
            ],
            lifespan=lifespan,
        )
        self.guard = guard
        answer_problems(self)

    def openapi(self) -> dict[str, Any]:
        """The description, with the schema of problems in it."""
        schema = super().openapi()
        schema.setdefault("components", {}).setdefault("schemas", {})["Problem"] = SCHEMA
        return schema
