"""``catalogue``: YAML ⇄ database, checked, compared, applied, exported."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nhacviec.cli.files import documents
from nhacviec.cli.shell import (
    FAILED,
    MISCONFIGURED,
    AsJson,
    At,
    day,
    run,
    say,
    service,
    stop,
    tell,
    tell_json,
)

if TYPE_CHECKING:
    from nhacviec.application.apply import Prepared
    from nhacviec.application.diff import Difference

_MOMENT = "%a %Y-%m-%d %H:%M"

app = typer.Typer(help="The catalogue of duties: check, diff, apply, export.", no_args_is_help=True)

Files = Annotated[list[Path], typer.Argument(metavar="FILE...", help="YAML files, or folders of them.")]
Prune = Annotated[bool, typer.Option("--prune", help="Remove what the files do not have.")]


@app.command("check")
def check_files(files: Files, as_json: AsJson = False) -> None:
    """Find every fault of every file; exit 78 where there is one.

    Example: nhacviec catalogue check config/catalogue
    """
    from nhacviec.application.catalogue.check import check
    from nhacviec.bootstrap import shipped_days

    checked = check(documents(files), days=shipped_days())
    catalogue = checked.catalogue
    say(*(f"warning: {warning}" for warning in checked.warnings))
    document = {
        "units": len(catalogue.organisation.units),
        "policies": len(catalogue.policies),
        "duties": len(catalogue.duties),
        "enabled": sum(duty.enabled for duty in catalogue.duties.values()),
        "warnings": [str(warning) for warning in checked.warnings],
    }
    if as_json:
        tell_json(document)
    else:
        told = f"{document['units']} units, {document['policies']} policies"
        tell(f"no fault: {told}, {document['duties']} duties ({document['enabled']} enabled)")


@app.command("diff")
def diff(files: Files, prune: Prune = False, at: At = "", as_json: AsJson = False) -> None:
    """Say what an apply would change, in entries, in due dates and in letters; nothing is written.

    Example: nhacviec catalogue diff my-duties.yaml
    """
    from nhacviec.application.apply import ApplyOptions

    read = documents(files)

    async def work() -> None:
        async with service(at) as opened:
            found = await opened.diff(read, ApplyOptions(at=opened.clock.now(), prune=prune))
        if as_json:
            tell_json(_difference_document(found))
        else:
            tell("\n".join(_difference_lines(found)))

    run(work)


def _difference_document(found: "Difference") -> dict[str, object]:
    return _prepared_document(found.prepared) | {
        "letters": {
            "cancelled": found.letters.cancelled,
            "new": found.letters.new,
            "moved": [
                {
                    "to": moved.email,
                    "duty": moved.duty,
                    "unit": moved.unit,
                    "period": moved.period,
                    "from": moved.before,
                    "at": moved.after,
                }
                for moved in found.letters.moved
            ],
        }
    }


def _difference_lines(found: "Difference") -> list[str]:
    letters = found.letters
    lines = _prepared_lines(found.prepared)
    lines.append(
        f"letters of the next 90 days: {letters.cancelled} cancelled, {letters.new} new, "
        f"{len(letters.moved)} moved"
    )
    lines += [
        f"  {m.duty} {m.unit} {m.period} to {m.email}: {m.before:{_MOMENT}} → {m.after:{_MOMENT}}"
        for m in letters.moved[:20]
    ]
    return lines


def _prepared_document(prepared: "Prepared") -> dict[str, object]:
    return {
        "changes": [{"section": c.section, "code": c.code, "what": c.what} for c in prepared.changes],
        "occurrences": {
            "moved": [
                {"duty": b.duty, "unit": b.unit, "period": b.period, "from": b.due, "to": a.due}
                for b, a in prepared.reconciled.moved
            ],
            "cancelled": len(prepared.reconciled.cancelled),
            "suspended": len(prepared.reconciled.suspended),
        },
        "warnings": [str(warning) for warning in prepared.checked.warnings],
    }


def _prepared_lines(prepared: "Prepared") -> list[str]:
    if not prepared.changes:
        return ["nothing changes"]
    lines = [f"{c.what:8} {c.section} {c.code}".rstrip() for c in prepared.changes if c.section != "days"]
    days = sum(c.section == "days" for c in prepared.changes)
    if days:
        lines.append(f"changed  {days} days of the calendar")
    lines += [
        f"moved    {before.duty} {before.unit} {before.period}: due {before.due} → {after.due}"
        for before, after in prepared.reconciled.moved
    ]
    reconciled = prepared.reconciled
    if reconciled.cancelled or reconciled.suspended:
        lines.append(
            f"{len(reconciled.cancelled)} occurrences cancelled, {len(reconciled.suspended)} suspended"
        )
    return lines


@app.command("apply")
def apply(
    files: Files,
    prune: Prune = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    backfill: Annotated[
        str, typer.Option("--backfill", metavar="DATE", help="Open dues from this day on.")
    ] = "",
    at: At = "",
    as_json: AsJson = False,
) -> None:
    """Put files into the database, all or nothing.

    Example: nhacviec catalogue apply config/catalogue --yes
    """
    from nhacviec.application.apply import ApplyOptions

    read = documents(files)

    async def work() -> int:
        async with service(at) as opened:
            options = ApplyOptions(
                at=opened.clock.now(), prune=prune, backfill=day(backfill, "--backfill") if backfill else None
            )
            if not yes and sys.stdin.isatty():
                found = await opened.diff(read, options)
                say(*_difference_lines(found))
                if found.changes and not typer.confirm("Apply?", err=True):
                    return FAILED
            prepared = await opened.apply(read, options)
        say(*(f"warning: {warning}" for warning in prepared.checked.warnings))
        if as_json:
            tell_json(_prepared_document(prepared))
        else:
            tell("\n".join(_prepared_lines(prepared)))
        return 0

    run(work)


@app.command("export")
def export() -> None:
    """Write the whole catalogue as YAML to stdout; applying it again changes nothing.

    Example: nhacviec catalogue export > catalogue.yaml
    """
    from nhacviec.adapters.yaml_files import write_yaml
    from nhacviec.application.stored import stored_definitions

    async def work() -> None:
        async with service() as opened, opened.database.read() as transaction:
            definitions = await stored_definitions(transaction)
        if definitions.organisation is None:
            stop(MISCONFIGURED, "nhacviec: the database holds no catalogue yet")
        tell(write_yaml(definitions.documents()))

    run(work)
