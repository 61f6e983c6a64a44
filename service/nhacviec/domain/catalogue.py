"""The catalogue as a whole: the organisation, its calendar, its policies and its duties."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

from nhacviec.domain.duty import Duty
from nhacviec.domain.errors import NotFoundError
from nhacviec.domain.organisation import Organisation, Unit
from nhacviec.domain.policy import Place, Policy, allowed_instant
from nhacviec.domain.time.calendar import Calendar
from nhacviec.domain.time.zone import zone

#: Moments remembered, each with a policy: those of the letters in hand.
_ASKED = 64


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """Everything the secretary configures, checked and ready to plan from."""

    organisation: Organisation
    calendar: Calendar
    policies: Mapping[str, Policy]
    duties: Mapping[str, Duty]

    @cached_property
    def zone(self) -> ZoneInfo:
        """The organisation's zone."""
        return zone(self.organisation.timezone)

    @cached_property
    def place(self) -> Place:
        """Calendar and zone together."""
        return Place(calendar=self.calendar, zone=self.zone)

    def duty(self, code: str) -> Duty:
        """A duty by its code.

        Raises:
            NotFoundError: there is none.
        """
        if code not in self.duties:
            raise NotFoundError(f"no duty {code!r}")
        return self.duties[code]

    def unit(self, code: str) -> Unit:
        """A unit by its code.

        Raises:
            NotFoundError: there is none.
        """
        if code not in self.organisation.units:
            raise NotFoundError(f"no unit {code!r}")
        return self.organisation.units[code]

    def units_of(self, duty: Duty) -> list[Unit]:
        """The units a duty is assigned to, in the catalogue's order."""
        return [
            unit for unit in self.organisation.units.values() if duty.assigned.takes(unit, self.organisation)
        ]

    def allowed(self, policy: str, now: datetime) -> datetime:
        """The first instant from now on for everything made up for, by the code of its policy (S-45).

        Args:
            policy: its code.
            now: aware; many ask of the same moment.
        """
        return self._allowed(policy, now)

    @cached_property
    def _allowed(self) -> Callable[[str, datetime], datetime]:
        return lru_cache(maxsize=_ASKED)(
            lambda code, now: allowed_instant(now, self.policies[code], self.place)
        )

    @cached_property
    def _leaning(self) -> Mapping[str, tuple[Duty, ...]]:
        leaning: dict[str, tuple[Duty, ...]] = {}
        for duty in self.duties.values():
            for code in duty.leans_on():
                leaning[code] = (*leaning.get(code, ()), duty)
        return leaning

    def leaning_on(self, code: str) -> tuple[Duty, ...]:
        """The duties whose due dates are counted from another's."""
        return self._leaning.get(code, ())
