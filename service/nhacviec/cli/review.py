"""``review``: the figures of a month, a quarter, a half-year or a year, and the draft of a report on them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nhacviec.cli.shell import FAILED, AsJson, At, run, say, service, stop, tell, tell_json

if TYPE_CHECKING:
    from nhacviec.domain.review.draft import Draft
    from nhacviec.domain.review.figures import Figures
    from nhacviec.domain.review.findings import Finding
    from nhacviec.domain.review.meetings import Meetings
    from nhacviec.domain.review.reckoning import DutyReview
    from nhacviec.domain.review.targets import Count, Level
    from nhacviec.domain.review.units import UnitReview

FORMATS = ("md",)


def review(
    period: Annotated[str, typer.Argument(metavar="PERIOD", help="2017-06, 2017-Q2, 2017-H1 or 2017.")],
    form: Annotated[str, typer.Option("--format", metavar="FORMAT", help="md: Markdown.")] = "md",
    output: Annotated[Path | None, typer.Option("--output", metavar="FILE", help="Write it here.")] = None,
    language: Annotated[str, typer.Option("--language", help="vi or en; the organisation's.")] = "",
    names: Annotated[
        bool, typer.Option("--names", help="With a table by name, for the standing committee.")
    ] = False,
    at: At = "",
    as_json: AsJson = False,
) -> None:
    """Review a period: figures first, then the draft of a report; nothing is sent or changed.

    Example: nhacviec review 2017-H1 --output so-ket.md
    """
    from nhacviec.application.review import Asked
    from nhacviec.domain.errors import RuleError
    from nhacviec.domain.review.span import review_period

    if form not in FORMATS:
        raise typer.BadParameter(f"--format {form} is not written: use {', '.join(FORMATS)}")
    try:
        reviewed = review_period(period)
    except RuleError as error:
        raise typer.BadParameter(str(error)) from error

    async def work() -> None:
        async with service(at) as opened:
            asked = Asked(period=reviewed, at=opened.clock.now(), language=language, names=names)
            draft = await opened.review(asked)
            written = opened.review.write(draft)
        if output is not None:
            _keep(output, written)
        if as_json:
            tell_json(review_document(draft))
        elif output is None:
            tell(written)

    run(work)


def _keep(output: Path, written: str) -> None:
    try:
        output.write_text(written, encoding="utf-8")
    except OSError as error:
        stop(FAILED, f"nhacviec: {output} cannot be written: {error.strerror}")
    say(f"{output} is written")


def review_document(draft: "Draft") -> dict[str, object]:
    """``review --json``; units are in it where they are named in the draft."""
    review = draft.review
    document = {
        "period": review.period.code,
        "from": review.period.first,
        "to": review.period.last,
        "as_of": review.today,
        "total": _figures(review.total),
        "before": _figures(review.before),
        "trend": review.trend,
        "duties": [_duty(duty, draft.titles[duty.code]) for duty in review.duties],
        "targets": [_plain(level) for level in review.levels],
        "strengths": _findings(review.strengths),
        "shortcomings": _findings(review.shortcomings),
    }
    return document | {"units": [_unit(unit, draft) for unit in review.units]} if draft.names else document


def _plain(value: "Figures | Meetings | Level | Count") -> dict[str, object]:
    from dataclasses import asdict

    return asdict(value)


def _figures(figures: "Figures") -> dict[str, object]:
    from nhacviec.domain.review.figures import percent

    return _plain(figures) | {"on_time_percent": percent(figures.done_on_time, figures.judged)}


def _duty(duty: "DutyReview", title: str) -> dict[str, object]:
    from nhacviec.domain.review.figures import percent

    before = percent(duty.before.done_on_time, duty.before.judged)
    document = {"duty": duty.code, "title": title, "periods": duty.periods, **_figures(duty.figures)}
    document["on_time_percent_before"] = before
    if duty.meetings is not None:
        document["meetings"] = _plain(duty.meetings)
    if duty.coverage is not None:
        document["coverage"] = {"handed_in": duty.coverage.handed_in, "total": duty.coverage.total}
    return document


def _findings(found: "tuple[Finding, ...]") -> list[dict[str, object]]:
    return [
        {"theme": each.theme, "kind": each.kind, "units": each.units, "of": each.of, "share": each.share}
        for each in found
    ]


def _unit(unit: "UnitReview", draft: "Draft") -> dict[str, object]:
    return {
        "unit": unit.code,
        "name": draft.names[unit.code],
        "kind": unit.kind,
        **_figures(unit.figures),
        "duties": [{"duty": code, **_figures(figures)} for code, figures in unit.duties.items()],
        "meetings": _plain(unit.meetings),
        "targets": [_plain(each) for each in unit.targets],
    }
