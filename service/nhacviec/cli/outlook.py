"""``forecast`` and ``explain``: what will be sent, and why something was or was not."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from nhacviec.cli.files import documents
from nhacviec.cli.shell import (
    AsJson,
    AsLines,
    At,
    day,
    moment,
    run,
    service,
    tell,
    tell_json,
    tell_lines,
)
from nhacviec.cli.views import explanation_document, letter_document, outlook_document

if TYPE_CHECKING:
    from nhacviec.application.explain import Explanation
    from nhacviec.application.forecast import ForecastLetter, Outlook


def forecast(
    first: Annotated[str, typer.Option("--from", metavar="DATE", help="First day.")],
    last: Annotated[str, typer.Option("--to", metavar="DATE", help="Last day.")],
    unit: Annotated[str, typer.Option("--unit", help="Only letters about this unit.")] = "",
    duty: Annotated[str, typer.Option("--duty", help="Only letters about this duty.")] = "",
    catalogue: Annotated[
        list[Path] | None, typer.Option("--catalogue", help="Files instead of the database; repeat.")
    ] = None,
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILE]...", help="More catalogue files.")
    ] = None,
    at: At = "",
    as_json: AsJson = False,
    as_lines: AsLines = False,
) -> None:
    """Every letter that would be sent in a window if nothing is reported.

    Example: nhacviec forecast --from 2017-01-01 --to 2017-12-31 --catalogue config/catalogue --json
    """
    span = (day(first, "--from"), day(last, "--to"))
    if span[1] < span[0]:
        raise typer.BadParameter("--to lies before --from")
    named = [*(catalogue or []), *(files or [])]
    if files and not catalogue:
        raise typer.BadParameter("files need --catalogue before them")

    async def work() -> None:
        found = _from_files(named, span, at) if named else await _from_database(span, at)
        outlook = _narrowed(found, unit, duty)
        if as_json:
            tell_json(outlook_document(outlook))
        elif as_lines:
            tell_lines(letter_document(letter) for letter in outlook.letters)
        else:
            for letter in outlook.letters:
                tell(f"{letter.at:%Y-%m-%d %H:%M}  {letter.message.recipient.email:36} {letter.subject}")
            tell(f"{len(outlook.letters)} letters")

    run(work)


def _believed(at: str, span: tuple[date, date], timezone: str) -> datetime:
    """Time runs on from --at; left out, from now, or from the window's first day where that is past."""
    if at:
        return moment(at, timezone)
    return min(datetime.now(UTC), moment(span[0].isoformat(), timezone))  # noqa: TID251 -- the command's own now


async def _from_database(span: tuple[date, date], at: str) -> "Outlook":
    async with service(at) as opened:
        return await opened.forecast(_believed(at, span, opened.zone.key), span)


def _from_files(named: list[Path], span: tuple[date, date], at: str) -> "Outlook":
    from nhacviec.application.catalogue.check import check
    from nhacviec.application.forecast import Known
    from nhacviec.bootstrap import forecasting, shipped_days
    from nhacviec.domain.planning import Planner

    checked = check(documents(named), days=shipped_days())
    believed = _believed(at, span, checked.catalogue.organisation.timezone)
    return forecasting().outlook(Planner(checked.catalogue), Known(), {}, (believed, span))


def _narrowed(outlook: "Outlook", unit: str, duty: str) -> "Outlook":
    from dataclasses import replace

    def wanted(letter: "ForecastLetter") -> bool:
        return any(
            (not unit or spoken.occurrence.unit == unit) and (not duty or spoken.occurrence.duty == duty)
            for spoken in letter.spoken
        )

    return replace(outlook, letters=tuple(letter for letter in outlook.letters if wanted(letter)))


def explain(
    duty: Annotated[str, typer.Argument(metavar="DUTY")],
    unit: Annotated[str, typer.Argument(metavar="UNIT")],
    period: Annotated[str, typer.Argument(metavar="[PERIOD]")] = "",
    at: At = "",
    as_json: AsJson = False,
) -> None:
    """Rule, calendar, stages, verdicts, letters, replies; or the exact reason why nothing was sent.

    Example: nhacviec explain BC-03 cb-van-phong 2017-H1
    """
    from nhacviec.application.records import Filter

    async def work() -> None:
        async with service(at) as opened:
            wanted = Filter(duty=duty, unit=unit, period=period)
            told = await opened.explain(wanted, opened.clock.now())
        document = explanation_document(told, opened.zone)
        if as_json:
            tell_json(document)
        else:
            tell("\n".join(_in_words(told, opened.zone)))

    run(work)


def _in_words(told: "Explanation", zone: ZoneInfo) -> list[str]:
    occurrence = told.occurrence
    day_kind = "a working day" if told.working else "a day off"
    lines = [
        f"{occurrence.duty} of {occurrence.unit}, {occurrence.period}: {occurrence.state}",
        f"rule      {occurrence.nominal} ({day_kind}), roll {told.duty.roll} → due {occurrence.due}",
        f"window    from {occurrence.opens or 'any day'}, late after {occurrence.last_good_day}",
        f"policy    {told.duty.policy}, revision {occurrence.revision}",
    ]
    for stage in told.stages:
        verdicts = [f"{r.verdict} ({r.reason}){' → ' + r.email if r.email else ''}" for r in stage.reminders]
        moved = ", moved" if stage.stage.moved else ""
        became = "; ".join(verdicts) or stage.why
        lines.append(f"stage     {stage.stage.key:10} {stage.at:%Y-%m-%d %H:%M}{moved}: {became}")
    for letter in told.letters:
        replies = [f"{d.outcome} {d.code or ''} {d.text}".strip() for d in letter.deliveries]
        tried = "; ".join(replies) or "not tried yet"
        lines.append(f"letter    {letter.message.recipient.email}: {letter.message.state}; {tried}")
    for event in told.history:
        moment = event.at.astimezone(zone)
        lines.append(f"history   {moment:%Y-%m-%d %H:%M} {event.kind} {event.by} {event.note}".rstrip())
    return lines
