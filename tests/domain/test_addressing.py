"""Who reads about a ruling, in which slot, as which kind of letter: S-41, S-47, S-57."""

from dataclasses import replace
from datetime import date

import pytest

from nhacviec.domain.addressing import Matter, address, letter_kind, recipient, spoken_due, waits_for
from nhacviec.domain.duty import DutyKind
from nhacviec.domain.letter import LetterKind
from nhacviec.domain.message import Line
from nhacviec.domain.organisation import Mail, Unit
from nhacviec.domain.reminder import Reason, Ruling, Verdict
from nhacviec.domain.stage import Stage, StageKind
from tests.domain.builders import at, on
from tests.domain.committee import BA, COMMITTEE, DEPUTY, OVERSEER, REPORT, SECRETARY, TAM, catalogue
from tests.domain.test_occurrence import OPEN

_SLOT = at("2026-06-15T07:30")
_STAGE = Stage(key="-3d", kind=StageKind.BEFORE, day=on("2026-06-15"), at=_SLOT, moved=False)
_LEVEL = replace(_STAGE, key="escalate-1", kind=StageKind.ESCALATION, level=1, to="overseer")
_SENT = Ruling(
    stage=_STAGE,
    verdict=Verdict.SEND,
    reason=Reason.PLANNED,
    name="-3d",
    slot_at=_SLOT,
    merged=("-7d",),
    late=True,
)
_ESCALATED = replace(_SENT, stage=_LEVEL, name="escalate-1")


def matter(unit: Unit = TAM, today: str = "2026-06-15", late_after: date | None = None) -> Matter:
    return Matter(
        catalogue=catalogue(units=(COMMITTEE, unit)),
        occurrence=replace(OPEN, id=7, revision=2, late_after=late_after),
        duty=REPORT,
        unit=unit,
        now=_SLOT,
        today=on(today),
    )


@pytest.mark.parametrize(
    ("stage", "today", "duty_kind", "kind"),
    [
        (_STAGE, "2026-06-15", DutyKind.REPORT, LetterKind.REMINDER),
        (_STAGE, "2026-06-15", DutyKind.MEETING, LetterKind.MEETING),
        (_STAGE, "2026-06-18", DutyKind.MEETING, LetterKind.DUE_TODAY),
        (_STAGE, "2026-06-19", DutyKind.REPORT, LetterKind.OVERDUE),
        (replace(_STAGE, kind=StageKind.PACE), "2026-06-15", DutyKind.REPORT, LetterKind.PACE),
        (replace(_STAGE, kind=StageKind.PACE), "2026-06-19", DutyKind.REPORT, LetterKind.OVERDUE),
        (_LEVEL, "2026-06-15", DutyKind.REPORT, LetterKind.ESCALATION),
    ],
)
def test_s41_the_kind_of_letter_follows_the_true_day(
    stage: Stage, today: str, duty_kind: DutyKind, kind: LetterKind
) -> None:
    about = replace(matter(today=today), duty=replace(REPORT, kind=duty_kind))

    assert letter_kind(about, stage) is kind


def test_inside_an_open_window_a_letter_names_its_last_good_day() -> None:
    window = replace(OPEN, late_after=on("2026-06-25"))

    assert spoken_due(window, on("2026-06-18")) == OPEN.due
    assert spoken_due(window, on("2026-06-19")) == on("2026-06-25")
    assert (
        letter_kind(matter(today="2026-06-25", late_after=on("2026-06-25")), _STAGE) is LetterKind.DUE_TODAY
    )


def test_s47_each_reader_gets_one_reminder_in_the_slot_of_the_main_line() -> None:
    ((reminder, waits),) = address(matter(), _SENT)

    assert (reminder.occurrence, reminder.revision, reminder.stage, reminder.name) == (7, 2, "-3d", "-3d")
    assert (reminder.verdict, reminder.reason, reminder.kind) == (
        Verdict.SEND,
        Reason.PLANNED,
        LetterKind.REMINDER,
    )
    assert (reminder.late, reminder.merged, waits) == (True, ("-7d",), "")
    assert reminder.recipient == recipient(SECRETARY, TAM, catalogue())
    assert reminder.slot is not None
    assert (reminder.slot.line, reminder.slot.email, reminder.slot.at) == (Line.MAIN, SECRETARY.email, _SLOT)


def test_s47_an_escalation_goes_to_its_own_readers_in_a_slot_of_its_own() -> None:
    ((reminder, _),) = address(matter(), _ESCALATED)

    assert reminder.recipient is not None
    assert reminder.slot is not None
    assert (reminder.recipient.email, reminder.slot.line) == (OVERSEER.email, Line.ESCALATION)


def test_an_escalation_without_addressee_says_so() -> None:
    ((reminder, waits),) = address(matter(BA), _ESCALATED)

    assert (reminder.verdict, reminder.reason) == (Verdict.NO_RECIPIENT, Reason.ROLE_VACANT)
    assert (reminder.slot, reminder.recipient, waits) == (None, None, "")


def test_a_ruling_that_sends_nothing_is_kept_with_its_reason_and_no_reader() -> None:
    merged = Ruling(stage=_STAGE, verdict=Verdict.MERGED, reason=Reason.SAME_DAY)

    ((reminder, _),) = address(matter(), merged)

    assert (reminder.verdict, reminder.reason, reminder.slot) == (Verdict.MERGED, Reason.SAME_DAY, None)


def test_a_contact_that_does_not_receive_this_kind_is_muted() -> None:
    narrow = replace(SECRETARY, receives=frozenset({LetterKind.OVERDUE}))

    ((reminder, _),) = address(matter(replace(TAM, contacts=(narrow,))), _SENT)

    assert (reminder.verdict, reminder.reason, reminder.slot) == (Verdict.MUTED, Reason.RECEIVES, None)


def test_one_address_gets_one_letter_however_many_hats_it_wears() -> None:
    twice = replace(SECRETARY, email=SECRETARY.email.upper())

    assert len(address(matter(replace(TAM, contacts=(SECRETARY, twice))), _SENT)) == 1


def test_letters_to_a_unit_of_drafts_wait_for_a_human() -> None:
    draft = replace(TAM, mail=Mail.DRAFT)

    assert (waits_for(draft), waits_for(TAM)) == ("draft", "")
    assert [waits for _, waits in address(matter(draft), _SENT)] == ["draft"]


def test_a_reader_is_written_to_in_their_own_language_or_the_organisations() -> None:
    assert recipient(replace(DEPUTY, language="en"), TAM, catalogue()).language == "en"
    assert recipient(DEPUTY, TAM, catalogue()).language == "vi"
