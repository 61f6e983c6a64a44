"""Zone rules: when those of the organisation's zone change, what is to come is derived anew (S-05, F58)."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import pairwise

from nhacviec.application.current import CurrentCatalogue
from nhacviec.application.ports import Transaction, Work
from nhacviec.application.records import Filter
from nhacviec.domain.occurrence import ASKED_FOR
from nhacviec.domain.time.period import ONE_DAY

log = logging.getLogger(__name__)

#: The setting that keeps by which rules the instants of the database were derived.
ZONE_RULES = "zone_rules"
#: Occurrences are read by months of due dates, so that few are in memory at once: so many months before
#: and after today, and what lies beyond.
_MONTH, _MONTHS = timedelta(days=30), 24


@dataclass(slots=True, kw_only=True)
class FollowZoneRules:
    """Looks once in the life of a process: a process reads the rules of a zone once.

    Due dates are local and stay.  Of what was derived only the instant is kept at which an occurrence needs
    attention next: it is set to now, so that gather derives it by the new rules.  Stages that have a verdict
    keep it, so nothing is said twice.

    Args:
        work: opens transactions.
        current: the catalogue, which names the zone.
        fingerprint: of the rules that are in force here for a zone, by its name.
    """

    work: Work
    current: CurrentCatalogue
    fingerprint: Callable[[str], str]
    _followed: bool = field(default=False, init=False)

    async def __call__(self, now: datetime) -> int:
        """Wake what is asked for, if its instants were derived by other rules.

        Args:
            now: aware.

        Returns:
            How many occurrences that were.
        """
        if self._followed:
            return 0
        async with self.work.read() as transaction:
            name = (await self.current.planner(transaction)).catalogue.zone.key
            rules = f"{name} {self.fingerprint(name)}"
            known = await transaction.catalogue.value(ZONE_RULES)
        woken = 0 if known == rules else await self._wake(rules, now)
        self._followed = True
        return woken

    async def _wake(self, rules: str, now: datetime) -> int:
        woken = 0
        async with self.work.write() as transaction:
            known = await transaction.catalogue.value(ZONE_RULES)
            if known == rules:
                return 0
            for wanted in _pieces(now.date()):
                woken += await _awake(transaction, wanted, now)
            await transaction.catalogue.set_value(ZONE_RULES, rules)
        log.log(
            logging.WARNING if known else logging.INFO,
            "instants are derived anew by the rules that the zone has here",
            extra={"action": "zone_rules", "rules": rules, "before": known, "occurrences": woken},
        )
        return woken


def _pieces(today: date) -> Iterator[Filter]:
    """Everything that is asked for, piece by piece."""
    states = frozenset(ASKED_FOR)
    edges = [today + _MONTH * n for n in range(-_MONTHS, _MONTHS + 1)]
    yield Filter(states=states, due_to=edges[0])
    for before, last in pairwise(edges):
        yield Filter(states=states, due_from=before + ONE_DAY, due_to=last)
    yield Filter(states=states, due_from=edges[-1] + ONE_DAY)


async def _awake(transaction: Transaction, wanted: Filter, now: datetime) -> int:
    known = await transaction.occurrences.find(wanted)
    asleep = [each for each in known if each.next_at is not None and each.next_at > now]
    await transaction.occurrences.save([replace(each, next_at=now) for each in asleep])
    return len(asleep)
