"""Shapes of the policies (DESIGN §6, SCHEDULE §1)."""

from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag, model_validator

from nhacviec.application.catalogue.schema.base import Shape, wrong
from nhacviec.application.catalogue.schema.fields import Addressee, Code, Lag, Lead, Wall, Word


class QuietShape(Shape):
    """Quiet hours, from included, to not (S-44)."""

    start: Wall = Field(alias="from")
    end: Wall = Field(alias="to")

    @model_validator(mode="after")
    def _not_empty(self) -> "QuietShape":
        if self.start == self.end:
            raise wrong("quiet hours begin and end at the same time", "give two different times")
        return self


class CadenceShape(Shape):
    """``{every: 5wd, until: 60wd}`` or ``{every: 5wd, times: 3}``; neither ends after a year."""

    every: Lag
    until: Lag | None = None
    times: Annotated[int, Field(ge=1, le=1_000)] | None = None

    @model_validator(mode="after")
    def _one_end(self) -> "CadenceShape":
        if self.until is not None and self.times is not None:
            raise wrong("a cadence has both until and times", "keep one of them", at="times")
        return self


class EscalationShape(Shape):
    """``{after: 3wd, to: overseer}`` (S-47)."""

    after: Lag
    #: May be left out where nobody is written to: in a question to ``nhacviec rule -``.
    to: Addressee | None = None


def scalar_or_mapping(value: Any) -> str:  # noqa: ANN401 -- whatever a file holds
    """Which of two shapes is meant, so that a fault speaks of that one alone."""
    return "(mapping)" if isinstance(value, dict | Shape) else "(text)"


Slot = Annotated[
    Annotated[Lag, Tag("(text)")] | Annotated[CadenceShape, Tag("(mapping)")],
    Discriminator(scalar_or_mapping),
]


class StagesShape(Shape):
    """When an unreported occurrence is spoken of."""

    at: Wall | None = None
    working_days_only: bool | None = None
    quiet: QuietShape | None = None
    to: Annotated[list[Word], Field(min_length=1, max_length=50)] | None = None
    remind: Annotated[list[Lead], Field(max_length=50)] | None = None
    overdue: Annotated[list[Slot], Field(max_length=50)] | None = None
    escalate: Annotated[list[EscalationShape], Field(max_length=50)] | None = None


class PolicyShape(StagesShape):
    """One of ``policies``."""

    code: Code

    @model_validator(mode="after")
    def _escalates_to_somebody(self) -> "PolicyShape":
        for escalation in self.escalate or ():
            if escalation.to is None:
                mend = "add to: overseer, or parent.ROLE"
                raise wrong("an escalation addresses nobody", mend, at="escalate")
        return self
