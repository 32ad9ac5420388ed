"""/offers as one writes it at first: FastAPI, SQLAlchemy's ORM, a count for each page.

python -m benchmarks.references.cars_api_orm URL PORT
"""

import sys
from typing import Any

import uvicorn
from fastapi import FastAPI
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import DeclarativeBase, Session

from core.cars.tables import processed_data


class Base(DeclarativeBase):
    pass


class Offer(Base):
    __table__ = processed_data


def make_app(url: str) -> FastAPI:
    app = FastAPI()
    engine = create_engine(url, pool_size=8)

    @app.get("/offers")
    def offers(
        mark: str | None = None,
        body_type: str | None = None,
        price_from: int | None = None,
        price_to: int | None = None,
        limit: int = 20,
        page: int = 1,
    ) -> dict[str, Any]:
        found = select(Offer).where(processed_data.c.active_status == 0)
        if mark is not None:
            found = found.where(func.lower(processed_data.c.mark).in_(mark.split(",")))
        if body_type is not None:
            found = found.where(processed_data.c.body_type.in_(body_type.split(",")))
        if price_from is not None:
            found = found.where(processed_data.c.price >= price_from)
        if price_to is not None:
            found = found.where(processed_data.c.price <= price_to)
        with Session(engine) as session:
            total = session.scalar(select(func.count()).select_from(found.subquery()))
            order = (processed_data.c.updated_at.desc(), processed_data.c.inner_id)
            rows = session.scalars(found.order_by(*order).limit(limit).offset((page - 1) * limit))
            result = [
                {column.name: getattr(row, column.name) for column in processed_data.columns}
                for row in rows
            ]
        return {"result": result, "meta": {"total": total, "page": page, "limit": limit}}

    return app


if __name__ == "__main__":
    uvicorn.run(make_app(sys.argv[1]), port=int(sys.argv[2]), log_level="warning")
