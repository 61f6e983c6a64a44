"""DOMAIN §1.8: the half-year of the case, played, reviewed, and reckoned up a second time from the script."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import asdict
from pathlib import Path

import pytest

from nhacviec.adapters.yaml_files import read_yaml
from nhacviec.application.apply import ApplyOptions
from nhacviec.application.evidence import misses_in
from nhacviec.application.review import Asked
from nhacviec.bootstrap import Service, open_service
from nhacviec.bootstrap.sample import sample_catalogue
from nhacviec.domain.review.draft import Draft
from nhacviec.domain.review.figures import Figures
from nhacviec.domain.review.findings import Finding, Share, Theme
from nhacviec.domain.review.meetings import Meetings, missed_by
from nhacviec.domain.review.reckoning import Trend
from nhacviec.domain.review.span import review_period
from nhacviec.settings import Settings, settings_for
from tests.application.review.script import (
    CELLS,
    MEETINGS,
    REPORTS,
    SCRIPT,
    decisions,
    figures,
    moment,
    outcome,
    owed,
    tallied,
)
from tests.domain.builders import at

_NORM = "      - {field: duration_minutes, at_least: 60, until: 2018-07-05"
_CRITERIA = f"{_NORM}, basis: Quy chế làm việc của Đảng ủy Sở}}\n"


def files(folder: Path) -> list[Path]:
    """The sample, with the committee's own norms in its preset."""
    *shipped, preset = sample_catalogue()
    norm = SCRIPT["norms"]["attendance"]
    ours = f"{_CRITERIA}      - {{field: attendance, more_than: {norm}, basis: Quy chế}}\n"
    text = preset.read_text(encoding="utf-8")
    assert _CRITERIA in text
    (folder / "preset.yaml").write_text(text.replace(_CRITERIA, ours), encoding="utf-8")
    return [*shipped, folder / "preset.yaml"]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Those of a database in which the script has been played."""
    folder = tmp_path_factory.mktemp("review")
    made = settings_for(f"sqlite:///{folder}/nhacviec.db", "smtp://127.0.0.1:1")
    asyncio.run(play(made, files(folder)))
    return made


async def play(settings: Settings, catalogue: list[Path]) -> None:
    start = at("2017-01-01T00:00")
    async with open_service(settings) as service:
        await service.apply([read_yaml(file) for file in catalogue], ApplyOptions(at=start))
        await service.tick.plan(start)
        for decision in decisions():
            assert (await service.decide(decision)).changed, decision


@pytest.fixture
async def played(settings: Settings) -> AsyncIterator[Service]:
    async with open_service(settings) as service:
        yield service


async def reviewed(
    service: Service, code: str = "2017-H1", *, names: bool = False, language: str = ""
) -> Draft:
    asked = Asked(period=review_period(code), at=moment(SCRIPT["at"]), names=names, language=language)
    return await service.review(asked)


@pytest.fixture
async def draft(played: Service) -> Draft:
    return await reviewed(played, names=True)


def nonzero(counted: Figures) -> dict[str, int]:
    return {key: value for key, value in asdict(counted).items() if value}


async def test_every_figure_of_every_unit_and_duty_is_the_scripts(draft: Draft) -> None:
    those = list(owed("owed"))
    told = {
        (unit.code, duty): nonzero(counted)
        for unit in draft.review.units
        for duty, counted in unit.duties.items()
    }

    keys = {(each.unit, each.duty) for each in those}
    assert told == {key: figures([each for each in those if (each.unit, each.duty) == key]) for key in keys}


async def test_the_sums_are_the_scripts(draft: Draft) -> None:
    those, review = list(owed("owed")), draft.review

    assert nonzero(review.total) == figures(those)
    assert nonzero(review.before) == figures(list(owed("owed_before")))
    assert {duty.code: nonzero(duty.figures) for duty in review.duties} == {
        code: figures([each for each in those if each.duty == code]) for code in {each.duty for each in those}
    }
    assert {unit.code: nonzero(unit.figures) for unit in review.units} == {
        code: figures([each for each in those if each.unit == code]) for code in {each.unit for each in those}
    }
    assert review.trend is Trend.BETTER


async def test_meetings_are_held_late_not_held_short_and_too_few_each_counted_apart(draft: Draft) -> None:
    for duty in MEETINGS:
        found = [outcome(each) for each in owed("owed") if each.duty == duty]
        planned = [each for each in found if each.status not in (None, "waived")]
        (told,) = (each.meetings for each in draft.review.duties if each.code == duty)

        assert told == Meetings(
            planned=len(planned),
            held=sum(str(each.status).startswith("done") for each in planned),
            held_late=sum(each.status == "done_late" for each in planned),
            not_held=sum(each.status == "open_overdue" for each in planned),
            too_short=sum(each.missed["too_short"] for each in planned),
            below_attendance=sum(each.missed["below_attendance"] for each in planned),
        )


async def test_a_review_finds_the_misses_that_were_kept_with_the_reports(played: Service) -> None:
    async with played.database.read() as transaction:
        duties = (await played.current.planner(transaction)).catalogue.duties
        half = review_period("2017-H1")
        done = [each for each in await transaction.records.within(half.first, half.last) if each.is_done]

    kept = [{miss.field for miss in misses_in(record.evidence)} for record in done]
    assert kept == [missed_by(duties[record.occurrence.duty], record) for record in done]
    assert any(kept)


async def test_targets_are_told_at_three_levels_by_the_day_that_counts(draft: Draft) -> None:
    levels = {"committee": ["dang-uy"], "inspection_commission": ["ubkt"], "cell": list(CELLS)}
    expected = {}
    for duty in ("KT-02", "KT-03"):
        for kind, units in levels.items():
            planned, asked = SCRIPT["targets"]["cells" if kind == "cell" else units[0]]
            done = [tallied(unit, duty) for unit in units]
            capped, behind = sum(min(each, planned) for each in done), sum(each < asked for each in done)
            expected[duty, kind] = (len(units), planned * len(units), capped, asked * len(units), behind)

    assert expected == {
        (each.duty, each.kind): (each.units, each.planned, each.done, each.asked, each.behind)
        for each in draft.review.levels
    }


async def test_coverage_counts_the_members_of_a_cell_that_says_nothing(draft: Draft) -> None:
    said = {each.unit: outcome(each).said for each in owed("owed") if each.duty == "CK-01"}
    (told,) = (duty.coverage for duty in draft.review.duties if duty.coverage)

    assert told.handed_in == sum(int(each.get("handed_in", 0)) for each in said.values())
    assert told.total == sum(CELLS.values())
    assert told.incomplete


def finding(draft: Draft, theme: Theme, kind: str = "cell") -> Finding:
    (found,) = (each for each in draft.review.shortcomings if (each.theme, each.kind) == (theme, kind))
    return found


async def test_the_three_shortcomings_of_the_case_come_out_with_as_many_cells_as_the_script_has(
    draft: Draft,
) -> None:
    those = [each for each in owed("owed") if each.unit in CELLS]
    poor = {e.unit for e in those if e.duty in REPORTS and (outcome(e).returns or outcome(e).late)}
    few = {e.unit for e in those if outcome(e).missed["below_attendance"]}
    untimely = {
        e.unit for e in those if e.duty in MEETINGS and (outcome(e).late or outcome(e).missed["too_short"])
    }
    behind = {cell for cell in CELLS for duty in ("KT-02", "KT-03") if not tallied(cell, duty)}

    found = {theme: finding(draft, theme).units for theme in Theme if theme is not Theme.TARGETS}
    assert found == {
        Theme.REPORTS: len(poor),
        Theme.MEETING_QUALITY: len(few),
        Theme.MEETING_TIME: len(untimely),
        Theme.INSPECTION: len(behind),
        Theme.COVERAGE: 2,
        Theme.OTHER: 2,
    }
    assert finding(draft, Theme.REPORTS).share is Share.FEW
    assert [each.kind for each in draft.review.shortcomings if each.theme is Theme.INSPECTION] == [
        "committee",
        "inspection_commission",
        "cell",
    ]


async def test_the_words_are_the_cases_and_name_nobody(played: Service) -> None:
    text = played.review.write(await reviewed(played))

    assert "Một vài chi bộ thực hiện công tác thông tin, báo cáo định kỳ chưa đảm bảo theo yêu cầu" in text
    assert "Chất lượng của các buổi sinh hoạt chi bộ định kỳ ở một vài chi bộ chưa đạt yêu cầu đề ra" in text
    assert "Thời gian sinh hoạt định kỳ ở một vài chi bộ chưa đảm bảo theo quy định" in text
    assert (
        "Công tác kiểm tra, giám sát của Đảng ủy, của UBKT Đảng ủy và ở một vài chi bộ "
        "chưa hoàn thành theo chỉ tiêu kế hoạch đề ra" in text
    )
    assert text.startswith("# DỰ THẢO\n")
    assert text.index("Ưu điểm") < text.index("Tồn tại, hạn chế")
    assert "vi phạm" not in text.casefold()
    names = [unit["name"] for unit in read_yaml(sample_catalogue()[1]).data["units"]]
    assert [name for name in names if name in text] == []


async def test_a_table_by_name_is_there_only_for_who_asks_and_says_for_whom(
    played: Service, draft: Draft
) -> None:
    text = played.review.write(draft)

    assert "(chỉ phục vụ Thường trực Đảng ủy)" in text
    assert "| Chi bộ Phòng Giáo dục Mầm non |" in text
    before, _, _ = text.partition("Biểu tổng hợp theo đơn vị")
    assert "Mầm non" not in before


async def test_the_english_draft_says_the_same(played: Service) -> None:
    text = played.review.write(await reviewed(played, language="en"))

    assert text.startswith("# DRAFT\n")
    assert "A few cells did not yet fully meet the requirements on periodic information and reports" in text


async def test_months_and_quarters_add_up_to_the_half_year(played: Service, draft: Draft) -> None:
    """Nothing is in two reviews of one sort, nothing in none."""
    for codes in (("2017-Q1", "2017-Q2"), [f"2017-{month:02d}" for month in range(1, 7)]):
        parts = [(await reviewed(played, code)).review.total for code in codes]

        whole = asdict(draft.review.total)
        assert {key: sum(asdict(part)[key] for part in parts) for key in whole} == whole
