"""One letter of each kind, with the facts of DOMAIN 4.3: the due date is Thursday 20/7/2017."""

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

from nhacviec.domain.letter import Envelope, Letter, LetterItem, LetterKind
from nhacviec.domain.miss import Miss

HANOI = timezone(timedelta(hours=7))
REPORT_PAGE = "https://nhacviec.example.vn/r/" + "7Jq2mXv9" * 12

AN_ITEM = LetterItem(
    kind=LetterKind.REMINDER,
    duty="BC-01",
    title="Báo cáo công tác Đảng tháng 7/2017",
    unit_name="Chi bộ Văn phòng Sở",
    period_label="Tháng 7/2017",
    due=date(2017, 7, 20),
    days_left=7,
    working_days_left=5,
    days_late=0,
    working_days_late=0,
    evidence=("number", "date"),
    basis="Quy chế làm việc của Đảng ủy Sở",
    report_url=REPORT_PAGE,
)

DUE_TODAY = replace(AN_ITEM, kind=LetterKind.DUE_TODAY, days_left=0, working_days_left=0)
OVERDUE = replace(
    DUE_TODAY,
    kind=LetterKind.OVERDUE,
    days_late=4,
    working_days_late=2,
    reminded=3,
    escalates_on=date(2017, 7, 27),
)
MEETING = replace(
    AN_ITEM,
    kind=LetterKind.MEETING,
    duty="SH-01",
    title="Sinh hoạt chi bộ định kỳ tháng 7/2017",
    due=date(2017, 7, 5),
    days_left=5,
    working_days_left=3,
    evidence=("held_on", "duration_minutes", "present", "rating", "minutes_number"),
    basis="",
    least_minutes=90,
    minutes_by=date(2017, 7, 12),
)
ESCALATION = (
    replace(
        OVERDUE,
        kind=LetterKind.ESCALATION,
        title="Biên bản sinh hoạt tháng 7/2017",
        unit_name="Chi bộ Phòng Tổ chức cán bộ",
        due=date(2017, 7, 12),
        days_late=15,
        working_days_late=11,
        note="xin gia hạn đến 31/7",
    ),
    replace(
        OVERDUE,
        kind=LetterKind.ESCALATION,
        unit_name="Chi bộ Phòng Giáo dục Trung học",
        days_late=7,
        working_days_late=5,
    ),
)
PACE = replace(
    AN_ITEM,
    kind=LetterKind.PACE,
    duty="KT-02",
    title="Kiểm tra theo chương trình năm 2017",
    unit_name="Ủy ban Kiểm tra Đảng ủy",
    period_label="Năm 2017",
    due=date(2017, 11, 30),
    days_left=163,
    working_days_left=116,
    evidence=("conclusion_number", "date"),
    basis="Chương trình kiểm tra, giám sát năm 2017",
    target=4,
    done=1,
    pace_required=2,
    pace_by=date(2017, 6, 30),
)
RECEIPT = replace(
    AN_ITEM,
    kind=LetterKind.RECEIPT,
    reported_number="05-BC/CB",
    reported_on=date(2017, 7, 19),
    report_url="",
)
RETURNED = replace(
    AN_ITEM,
    kind=LetterKind.RETURNED,
    due=date(2017, 7, 25),
    days_left=4,
    working_days_left=2,
    reported_number="05-BC/CB",
    reported_on=date(2017, 7, 19),
    note="phần công tác kiểm tra, giám sát.",
)
EXTENDED = replace(
    AN_ITEM,
    kind=LetterKind.EXTENDED,
    due=date(2017, 7, 31),
    days_left=10,
    working_days_left=6,
    note="Thường trực Đảng ủy đồng ý theo đề nghị của Chi bộ.",
)
QUALITY = replace(
    MEETING,
    kind=LetterKind.QUALITY,
    title="Sinh hoạt chi bộ định kỳ tháng 7/2018",
    period_label="Tháng 7/2018",
    due=date(2018, 7, 5),
    days_left=0,
    working_days_left=0,
    reported_on=date(2018, 7, 9),
    misses=(
        Miss(field="duration_minutes", part=75, at_least=90, basis="12-HD/BTCTW"),
        Miss(field="attendance", part=17, whole=20, more_than=85, basis="12-HD/BTCTW"),
    ),
    report_url="",
)
DIGEST = (
    replace(OVERDUE, title="Báo cáo công tác Đảng tháng 6/2017", due=date(2017, 7, 18), days_late=2),
    replace(DUE_TODAY, evidence=("number", "date", "Tên chuyên đề")),
    replace(MEETING, due=date(2017, 7, 25), days_left=5, working_days_left=3),
    replace(PACE, unit_name="Chi bộ Văn phòng Sở", days_left=133),
)

_ITEMS: dict[LetterKind, tuple[LetterItem, ...]] = {
    LetterKind.REMINDER: (AN_ITEM,),
    LetterKind.MEETING: (MEETING,),
    LetterKind.DUE_TODAY: (DUE_TODAY,),
    LetterKind.OVERDUE: (OVERDUE,),
    LetterKind.ESCALATION: ESCALATION,
    LetterKind.DIGEST: DIGEST,
    LetterKind.PACE: (PACE,),
    LetterKind.RECEIPT: (RECEIPT,),
    LetterKind.RETURNED: (RETURNED,),
    LetterKind.EXTENDED: (EXTENDED,),
    LetterKind.QUALITY: (QUALITY,),
}
_SENT_ON: dict[LetterKind, date] = {
    LetterKind.REMINDER: date(2017, 7, 13),
    LetterKind.MEETING: date(2017, 6, 30),
    LetterKind.DUE_TODAY: date(2017, 7, 20),
    LetterKind.OVERDUE: date(2017, 7, 24),
    LetterKind.ESCALATION: date(2017, 7, 27),
    LetterKind.DIGEST: date(2017, 7, 20),
    LetterKind.PACE: date(2017, 6, 20),
    LetterKind.RECEIPT: date(2017, 7, 19),
    LetterKind.RETURNED: date(2017, 7, 21),
    LetterKind.EXTENDED: date(2017, 7, 21),
    LetterKind.QUALITY: date(2018, 7, 10),
}
_READERS: dict[LetterKind, tuple[str, str]] = {
    LetterKind.ESCALATION: ("Thường trực Đảng ủy", "Đảng ủy Sở"),
    LetterKind.PACE: ("Chủ nhiệm Ủy ban Kiểm tra", "Ủy ban Kiểm tra Đảng ủy"),
}


def a_letter(kind: LetterKind, language: str = "vi", *items: LetterItem, late: bool = False) -> Letter:
    """A letter of one kind at 07:30; with the items given, or with a telling one."""
    name, unit = _READERS.get(kind, ("Bí thư Chi bộ", "Chi bộ Văn phòng Sở"))
    return Letter(
        kind=kind,
        language=language,
        at=datetime.combine(_SENT_ON[kind], datetime.min.time(), HANOI).replace(hour=7, minute=30),
        recipient_name=name,
        unit_name=unit,
        organisation="Đảng bộ Sở Giáo dục và Đào tạo",
        office="Văn phòng Đảng ủy",
        late=late,
        items=items or _ITEMS[kind],
    )


def an_envelope() -> Envelope:
    """To a secretary, second letter of its thread."""
    return Envelope(
        sender_name="Văn phòng Đảng ủy",
        sender_email="nhacviec@dangbo.example.vn",
        recipient_name="Bí thư Chi bộ",
        recipient_email="bt.vp@dangbo.example.vn",
        reply_to="vanphong@dangbo.example.vn",
        message_id="<m7k2q5xw3a6b4c8d2e5f7g3h6j4k2m5n@dangbo.example.vn>",
        thread="<t2k2q5xw3a6b4c8d2e5f7g3h6j4k2m5n@dangbo.example.vn>",
        date=datetime(2017, 7, 20, 7, 30, 12, tzinfo=HANOI),
    )
