"""``calendar``: days off and make-up days, as the office keeps them."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nhacviec.cli.shell import DONE, FAILED, AsJson, At, day, run, say, service, tell, tell_json

if TYPE_CHECKING:
    from nhacviec.application.calendars import CalendarChange
    from nhacviec.application.definitions import CalendarDay

app = typer.Typer(help="The working calendar: list, add, remove, import, check.", no_args_is_help=True)

DryRun = Annotated[bool, typer.Option("--dry-run", help="Only list what would move.")]
Day = Annotated[str, typer.Argument(metavar="DATE")]


@app.command("list")
def list_days(
    year: Annotated[int | None, typer.Option("--year")] = None,
    at: At = "",
    as_json: AsJson = False,
) -> None:
    """List days off and make-up days.

    Example: nhacviec calendar list --year 2026
    """

    async def work() -> None:
        async with service(at) as opened, opened.database.read() as transaction:
            days = [d for d in await transaction.catalogue.days() if year is None or d.day.year == year]
        if as_json:
            tell_json([_document(found) for found in days])
        else:
            for found in days:
                kind = "working" if found.working else "off"
                tell(f"{found.day:%a %Y-%m-%d}  {kind:8} {found.status:12} {found.source:10} {found.label}")

    run(work)


def _document(found: "CalendarDay") -> dict[str, object]:
    return {
        "date": found.day,
        "working": found.working,
        "label": found.label,
        "source": found.source,
        "status": found.status,
    }


@app.command("add")
def add(
    when: Day,
    label: Annotated[str, typer.Argument(metavar="LABEL", help="What the day is called.")],
    working: Annotated[bool, typer.Option("--working", help="A make-up day, not a day off.")] = False,
    provisional: Annotated[bool, typer.Option("--provisional", help="Not yet official.")] = False,
    dry_run: DryRun = False,
    at: At = "",
    as_json: AsJson = False,
) -> None:
    """Add a day off or a make-up day; due dates from today on follow.

    Example: nhacviec calendar add 2026-01-02 "Nghỉ hoán đổi"
    """
    from nhacviec.application.catalogue.schema.scalars import LONGEST_NAME, read_text
    from nhacviec.application.definitions import CalendarDay

    found = CalendarDay(
        day=day(when, "DATE"),
        working=working,
        label=read_text(label, LONGEST_NAME),
        source="office",
        status="provisional" if provisional else "official",
    )
    _change([found], [], at, dry_run=dry_run, as_json=as_json)


@app.command("remove")
def remove(when: Day, dry_run: DryRun = False, at: At = "", as_json: AsJson = False) -> None:
    """Remove a day; it is again what its weekday is.

    Example: nhacviec calendar remove 2026-11-24
    """
    _change([], [day(when, "DATE")], at, dry_run=dry_run, as_json=as_json)


@app.command("import")
def import_days(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", exists=True, dir_okay=False)],
    dry_run: DryRun = False,
    at: At = "",
    as_json: AsJson = False,
) -> None:
    """Import days from CSV (date,kind,label,swap_with,status), all or nothing.

    Example: nhacviec calendar import vn-2027.csv --dry-run
    """
    from nhacviec.adapters.calendar_csv import read_days

    _change(read_days(file), [], at, dry_run=dry_run, as_json=as_json)


def _change(days: "list[CalendarDay]", gone: list[date], at: str, *, dry_run: bool, as_json: bool) -> None:
    async def work() -> None:
        async with service(at) as opened:
            change = await opened.change_calendar(days, gone, opened.clock.now(), dry_run=dry_run)
        if as_json:
            tell_json(_change_document(change))
        else:
            would = "would be " if dry_run else ""
            tell(f"{change.added} days {would}added, {change.removed} {would}removed")
            for before, after in change.reconciled.moved:
                tell(f"moved  {before.duty} {before.unit} {before.period}: due {before.due} → {after.due}")

    run(work)


def _change_document(change: "CalendarChange") -> dict[str, object]:
    return {
        "added": change.added,
        "removed": change.removed,
        "moved": [
            {"duty": b.duty, "unit": b.unit, "period": b.period, "from": b.due, "to": a.due}
            for b, a in change.reconciled.moved
        ],
    }


@app.command("check")
def check(at: At = "", as_json: AsJson = False) -> None:
    """Say until when the calendar is official; exit 1 when that is less than 60 days away.

    Example: nhacviec calendar check
    """
    from nhacviec.application.calendars import official_until

    async def work() -> int:
        async with service(at) as opened:
            async with opened.database.read() as transaction:
                days = await transaction.catalogue.days()
            today = opened.clock.now().astimezone(opened.zone).date()
        until = official_until(days, today)
        provisional = [found for found in days if found.status == "provisional" and found.day >= today]
        left = (until - today).days if until else 0
        if as_json:
            document = {"official_until": until, "days_left": left}
            tell_json(document | {"provisional": [_document(found) for found in provisional]})
        else:
            tell(f"official until {until or 'an earlier day'}; {len(provisional)} provisional days ahead")
        if left < _SOON:
            say("nhacviec: ask for the official list and run nhacviec calendar import FILE.csv")
            return FAILED
        return DONE

    run(work)


#: Days ahead within which the official list has to be at hand.
_SOON = 60
