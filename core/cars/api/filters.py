"""What a request for listings may ask for: each parameter, checked."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from core.cars.api.offers_sql import Bounds
from core.i18n import _

Sort = Literal["-updated_at", "price", "-price", "year", "-year", "km_age"]
LARGEST = 2_147_483_646  # what the columns can hold, and one less
MOST_VALUES = 50
DEEPEST_ROW = 100_000  # as far as pages go; a cursor goes on without end

_Values = Annotated[str | None, Field(max_length=1000)]
_Whole = Annotated[int | None, Field(ge=0, le=LARGEST)]
_Litres = Annotated[Decimal | None, Field(ge=0, le=99, max_digits=6, decimal_places=3)]

CHOICES = (
    "mark",
    "model",
    "color",
    "engine_type",
    "transmission_type",
    "body_type",
    "drive_type",
    "seller_type",
    "city",
)
RANGES = ("year", "price", "km_age", "displacement", "power")


def _several(what: str, example: str) -> str:
    return f"{what}; several values separated by commas, in any case of letters. Example: {example}"


def _written_out(value: object) -> object:
    """Refuses numbers, which pydantic takes for seconds since 1970."""
    if isinstance(value, str) and not value[:5].endswith("-"):
        raise ValueError(_("a time with its zone such as 2026-11-27T08:00:00Z"))
    return value


class OfferFilters(BaseModel):
    """The query of `/offers`."""

    model_config = ConfigDict(extra="forbid")

    mark: _Values = Field(None, description=_several("Make", "toyota,honda"))
    model: _Values = Field(None, description=_several("Model", "camry"))
    color: _Values = Field(None, description=_several("Colour", "white,black"))
    engine_type: _Values = Field(None, description=_several("Engine", "petrol,hybrid"))
    transmission_type: _Values = Field(None, description=_several("Gearbox", "automatic"))
    body_type: _Values = Field(None, description=_several("Body", "suv,sedan"))
    drive_type: _Values = Field(None, description=_several("Driven wheels", "awd"))
    seller_type: _Values = Field(None, description=_several("Who sells it", "dealer"))
    city: _Values = Field(None, description=_several("City", "上海,北京"))
    is_dealer: bool | None = Field(None, description="Only dealers' listings, or only others")
    year_from: _Whole = Field(None, description="Year of the model, at least")
    year_to: _Whole = Field(None, description="Year of the model, at most")
    price_from: _Whole = Field(None, description="Price in CNY, at least")
    price_to: _Whole = Field(None, description="Price in CNY, at most")
    km_age_from: _Whole = Field(None, description="Mileage in km, at least")
    km_age_to: _Whole = Field(None, description="Mileage in km, at most")
    displacement_from: _Litres = Field(None, description="Displacement in litres, at least")
    displacement_to: _Litres = Field(None, description="Displacement in litres, at most")
    power_from: _Whole = Field(None, description="Power in hp, at least")
    power_to: _Whole = Field(None, description="Power in hp, at most")
    updated_since: Annotated[AwareDatetime | None, BeforeValidator(_written_out)] = Field(
        None, description="Changed at this time or later, with time zone: 2026-11-27T08:00:00Z"
    )
    q: Annotated[str | None, Field(min_length=1, max_length=200)] = Field(
        None, description="Words that stand in make, model, name of the trim or title"
    )
    sort: Sort = Field(
        "-updated_at",
        description="`-` is descending. Listings without the value come last, none is left out",
    )
    limit: int = Field(20, ge=1, le=100, description="Listings an answer")
    page: int | None = Field(
        None, ge=1, le=DEEPEST_ROW, description="Page from 1; while data change use the cursor"
    )
    cursor: Annotated[str | None, Field(max_length=500)] = Field(
        None, description="`meta.next_cursor` of the last answer, with the same filters and sort"
    )

    def choices(self) -> dict[str, list[str]]:
        """The values asked for by column, case folded; ValueError where there are too many."""
        found = {}
        for column in CHOICES:
            text: str | None = getattr(self, column)
            if text is None:
                continue
            values = {part.strip().casefold() for part in text.split(",") if part.strip()}
            if len(values) > MOST_VALUES:
                raise ValueError(column)
            if values:
                found[column] = sorted(values)
        return found

    def ranges(self) -> dict[str, Bounds]:
        """Least and most by column, as far as they were given."""
        return {
            column: bounds
            for column in RANGES
            if (bounds := (getattr(self, f"{column}_from"), getattr(self, f"{column}_to")))
            != (None, None)
        }

    def words(self) -> list[str]:
        """What `q` looks for, case folded; each word must be there."""
        return (self.q or "").casefold().split()

    @property
    def since(self) -> datetime | None:
        return self.updated_since


def too_many_values() -> str:
    """After 'allowed is'."""
    return _("at most {most} values").format(most=MOST_VALUES)
