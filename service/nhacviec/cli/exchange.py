"""``export`` and ``import``: the catalogue's units, contacts, days, duties and targets as a workbook."""

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nhacviec.cli.shell import FAILED, MISCONFIGURED, AsJson, At, run, say, service, tell, tell_json

if TYPE_CHECKING:
    from nhacviec.application.exchange.importing import Preview, Workbook

#: Lines of a preview; JSON holds all of them.
_MOST_LINES = 60

Saved = Annotated[Path, typer.Argument(metavar="FILE.xlsx", dir_okay=False)]
Given = Annotated[Path, typer.Argument(metavar="FILE.xlsx", exists=True, dir_okay=False)]


def export(file: Saved) -> None:
    """Write units, contacts, calendar, duties and targets as a workbook; importing it changes nothing.

    Example: nhacviec export danh-muc.xlsx
    """
    from nhacviec.adapters.spreadsheet import write_workbook
    from nhacviec.application.exchange.importing import language_of
    from nhacviec.application.exchange.outgoing import Export
    from nhacviec.application.exchange.wording import Wording
    from nhacviec.application.stored import stored_definitions
    from nhacviec.bootstrap import sheet_words

    async def work() -> None:
        async with service() as opened, opened.database.read() as transaction:
            definitions = await stored_definitions(transaction)
        wording = Wording(sheet_words(), language_of(definitions))
        pages = Export(definitions, wording).pages()
        write_workbook(file, pages, wording.lists())
        say(f"{file}: " + ", ".join(f"{page.name} {len(page.rows)}" for page in pages))

    run(work)


def import_workbook(
    file: Given,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would change.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    result: Annotated[
        Path | None,
        typer.Option("--result", metavar="FILE", help="The workbook again, each row with its faults."),
    ] = None,
    at: At = "",
    as_json: AsJson = False,
) -> None:
    """Put a workbook into the database, all or nothing; every cell that is wrong is named.

    Example: nhacviec import danh-muc.xlsx --dry-run
    """
    from nhacviec.adapters.spreadsheet import read_workbook
    from nhacviec.application.apply import ApplyOptions
    from nhacviec.application.exchange.importing import Workbook
    from nhacviec.bootstrap import import_of

    workbook = Workbook(file=str(file), grids=read_workbook(file))

    async def work() -> int:
        async with service(at) as opened:
            importing, options = import_of(opened), ApplyOptions(at=opened.clock.now())
            preview = await importing.preview(workbook, options)
            if result is not None:
                _write_result(result, workbook, preview)
            _show(preview, as_json=as_json)
            if preview.faults:
                return MISCONFIGURED
            if dry_run or preview.prepared is None or not preview.prepared.changes:
                return 0
            if not yes and sys.stdin.isatty() and not typer.confirm("Import?", err=True):
                return FAILED
            await importing(workbook, options)
            say("imported")
            return 0

    run(work)


def _write_result(path: Path, workbook: "Workbook", preview: "Preview") -> None:
    from nhacviec.adapters.spreadsheet import write_workbook
    from nhacviec.application.exchange.outgoing import result_pages

    pages = result_pages(workbook.grids, preview.faults, preview.wording)
    if not pages:
        say(f"{path} is not written: the workbook holds no sheet of ours")
        return
    write_workbook(path, pages, "")


def _show(preview: "Preview", *, as_json: bool) -> None:
    """The preview as data; faults are talk as well, a line each."""
    prepared = preview.prepared
    if not as_json:
        tell("\n".join(_lines(preview)))
    else:
        tell_json(_document(preview))
    say(*map(str, preview.faults))
    if prepared is not None:
        say(*(f"warning: {warning}" for warning in prepared.checked.warnings))


def _document(preview: "Preview") -> dict[str, object]:
    moved = preview.prepared.reconciled.moved if preview.prepared else ()
    return {
        "sheets": _counts(preview),
        "rows": [
            {
                "cell": str(news.spot),
                "name": news.name,
                "state": news.state,
                "cells": [
                    {"cell": str(cell.spot), "from": cell.before, "to": cell.after} for cell in news.cells
                ],
            }
            for news in preview.news
            if news.state != "unchanged"
        ],
        "moved": [
            {"duty": b.duty, "unit": b.unit, "period": b.period, "from": b.due, "to": a.due} for b, a in moved
        ],
        "faults": [
            {"cell": fault.place, "problem": fault.problem, "mend": fault.mend} for fault in preview.faults
        ],
    }


def _counts(preview: "Preview") -> dict[str, dict[str, int]]:
    """How many rows of each sheet mean what."""
    found: dict[str, Counter[str]] = {}
    for news in preview.news:
        found.setdefault(news.spot.sheet, Counter())[str(news.state)] += 1
    return {sheet: dict(counted) for sheet, counted in found.items()}


def _lines(preview: "Preview") -> list[str]:
    from nhacviec.application.exchange.cells import said

    lines: list[str] = []
    for news in preview.news:
        if news.state in ("new", "removed"):
            lines.append(f"{news.state:9} {news.spot}: {news.name}")
        lines += [f"changed   {cell.spot}: {said(cell.before)} → {said(cell.after)}" for cell in news.cells]
    for before, after in preview.prepared.reconciled.moved if preview.prepared else ():
        lines.append(f"moved     {before.duty} {before.unit} {before.period}: due {before.due} → {after.due}")
    if len(lines) > _MOST_LINES:
        lines[_MOST_LINES:] = [f"… and {len(lines) - _MOST_LINES} lines more: --json tells all"]
    for sheet, counted in _counts(preview).items():
        lines.append(f"{sheet}: " + ", ".join(f"{count} {state}" for state, count in counted.items()))
    return lines or ["nothing changes"]
