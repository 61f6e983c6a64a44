"""Apply: a checked catalogue replaces what the database holds, all or nothing (DESIGN §5, S-79)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from nhacviec.application.catalogue.build import build
from nhacviec.application.catalogue.check import Document, check
from nhacviec.application.current import CurrentCatalogue
from nhacviec.application.definitions import CalendarDay, Checked, Definitions
from nhacviec.application.ports import Transaction, Work
from nhacviec.application.reconcile import Reconciled, Reconciling, open_from, write_reconciled
from nhacviec.application.records import DutyMark
from nhacviec.application.stored import CountryDays, merged_days, stored_definitions
from nhacviec.domain.planning import Planner
from nhacviec.domain.time.zone import local

SECTIONS = ("units", "policies", "duties")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One entry of the catalogue that is added, changed or removed."""

    section: str
    code: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """Everything an apply would do, before anything is written."""

    checked: Checked
    definitions: Definitions
    days: tuple[CalendarDay, ...]
    changes: tuple[Change, ...]
    marks: tuple[DutyMark, ...]
    old: Planner | None
    new: Planner
    reconciled: Reconciled


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyOptions:
    """How to apply.

    Args:
        at: the moment it happens, aware.
        prune: remove what the files do not have.
        backfill: open dues from this day on for duties applied now; None: from today.
    """

    at: datetime
    prune: bool = False
    backfill: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Apply:
    """Prepares under the same lock under which it writes, so that nothing comes in between."""

    work: Work
    current: CurrentCatalogue
    country_days: CountryDays

    async def __call__(self, documents: Sequence[Document], options: ApplyOptions) -> Prepared:
        """Apply files to the database.

        Raises:
            CatalogueError: any fault in any file; the database is unchanged.
        """
        async with self.work.write() as transaction:
            return await self.within(transaction, documents, options)

    async def within(
        self, transaction: Transaction, documents: Sequence[Document], options: ApplyOptions
    ) -> Prepared:
        """Apply files in a transaction that writes and that the caller has begun.

        Raises:
            CatalogueError: any fault in any file; nothing is written.
        """
        prepared = await self.prepare(transaction, documents, options)
        if prepared.changes:
            await transaction.catalogue.save(prepared.definitions, prepared.days)
            await transaction.catalogue.mark(prepared.marks)
            await write_reconciled(transaction, prepared.reconciled, options.at)
        return prepared

    async def prepare(
        self, transaction: Transaction, documents: Sequence[Document], options: ApplyOptions
    ) -> Prepared:
        """Check the files over what the database holds and work out what would follow."""
        stored = await stored_definitions(transaction)
        held = await transaction.catalogue.days()
        base = replace(stored, units={}, policies={}, duties={}) if options.prune else stored
        checked = check(documents, existing=base, days=self.country_days)
        definitions = base.merged(checked.definitions)
        days = merged_days(held, checked.definitions, self.country_days, prune=options.prune)
        new = Planner(build(definitions, days))
        changes = _changes(stored, definitions, held, days)
        old = await self.current.planner(transaction) if stored.organisation is not None else None
        reconciled = Reconciled()
        marks = await transaction.catalogue.marks()
        if old is not None and changes:
            new.overrides = await transaction.occurrences.overrides()
            known = await open_from(transaction, local(options.at, new.catalogue.zone).date())
            settled = await transaction.occurrences.settled(known)
            reconciled = Reconciling(old=old, new=new, at=options.at)(known, settled)
        return Prepared(
            checked=checked,
            definitions=definitions,
            days=tuple(days),
            changes=changes,
            marks=_marks(new, marks, changes, options),
            old=old,
            new=new,
            reconciled=reconciled,
        )


def _changes(
    before: Definitions, after: Definitions, held: Sequence[CalendarDay], days: Sequence[CalendarDay]
) -> tuple[Change, ...]:
    changes = [
        Change(section=section, code="", what="changed")
        for section in ("organisation", "calendar")
        if _without_days(getattr(before, section)) != _without_days(getattr(after, section))
    ]
    for section in SECTIONS:
        changes.extend(_entries(section, getattr(before, section), getattr(after, section)))
    old, new = ({day.day.isoformat(): day for day in listed} for listed in (held, days))
    changes.extend(_entries("days", old, new))
    return tuple(changes)


def _without_days(section: Mapping[str, object] | None) -> object:
    return section and {key: value for key, value in section.items() if key != "days"}


def _entries(section: str, before: Mapping[str, object], after: Mapping[str, object]) -> list[Change]:
    found = [Change(section=section, code=code, what="removed") for code in before if code not in after]
    for code, definition in after.items():
        if code not in before:
            found.append(Change(section=section, code=code, what="added"))
        elif before[code] != definition:
            found.append(Change(section=section, code=code, what="changed"))
    return found


def _marks(
    new: Planner, marks: Mapping[str, DutyMark], changes: Sequence[Change], options: ApplyOptions
) -> tuple[DutyMark, ...]:
    """What is applied first starts today; what changed is planned anew from today (S-34, S-79)."""
    today = local(options.at, new.catalogue.zone).date()
    touched = {change.code for change in changes if change.section == "duties"}
    everything = any(change.section not in ("duties", "policies") for change in changes)
    fresh: list[DutyMark] = []
    for duty in new.catalogue.duties.values():
        if not duty.comes_back:
            continue
        mark = marks.get(duty.code)
        if mark is None:
            fresh.append(DutyMark(code=duty.code, applied_on=options.backfill or today, planned_until=None))
        elif everything or duty.code in touched or duty.leans_on() & touched:
            again = today if options.backfill is None else options.backfill
            fresh.append(replace(mark, planned_until=again - timedelta(days=1)))
    return tuple(fresh)
