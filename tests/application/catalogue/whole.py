"""A unit and a duty with every key there is, as written and as built."""

from datetime import date
from typing import Any

from nhacviec.domain.duty import (
    Assigned,
    ChecklistItem,
    Criterion,
    Duty,
    DutyKind,
    Evidence,
    Window,
)
from nhacviec.domain.letter import LetterKind
from nhacviec.domain.organisation import Contact, Mail, Unit
from nhacviec.domain.target import Pace, Target
from nhacviec.domain.time.calendar import Roll
from nhacviec.domain.time.due import DayOfMonth, Due
from nhacviec.domain.time.offset import parse_offset as of
from nhacviec.domain.time.period import Every
from nhacviec.domain.time.recurrence import Recurrence
from tests.application.catalogue.given import a_duty

UNIT_WRITTEN: dict[str, Any] = {
    "code": "cb-01",
    "name": "Chi bộ 1",
    "kind": "cell",
    "parent": "dang-uy",
    "mail": "draft",
    "members": 14,
    "overseer": {"name": "Phụ trách", "email": "dv@example.vn"},
    "tags": ["co-chi-uy"],
    "from": "2015-06-01",
    "until": "2020-05-31",
    "contacts": [
        {
            "role": "deputy",
            "name": "Phó",
            "email": "p@example.vn",
            "language": "en",
            "receives": ["overdue"],
        }
    ],
}

UNIT = Unit(
    code="cb-01",
    name="Chi bộ 1",
    kind="cell",
    parent="dang-uy",
    mail=Mail.DRAFT,
    members=14,
    overseer=Contact(name="Phụ trách", email="dv@example.vn"),
    tags=frozenset({"co-chi-uy"}),
    since=date(2015, 6, 1),
    until=date(2020, 5, 31),
    contacts=(
        Contact(
            role="deputy",
            name="Phó",
            email="p@example.vn",
            language="en",
            receives=frozenset({LetterKind.OVERDUE}),
        ),
    ),
)

DUTY_WRITTEN = a_duty(
    kind="inspection",
    area="kiểm tra",
    enabled=False,
    assigned={"kinds": ["cell"], "tags": ["x"], "units": ["b"], "except": ["a"], "under": "dang-uy"},
    roll="modified-next",
    stay_in_period=True,
    window={"open": {"day": 1}, "close": {"due": "6m"}},
    evidence=["number", {"name": "topic", "title": "Tên chuyên đề"}],
    basis="Quy chế",
    target={"count": 2, "units": {"b": 6}},
    pace=[{"by": "03-31", "percent": 25}],
    criteria=[
        {
            "field": "attendance",
            "more_than": 85,
            "from": "2018-07-06",
            "until": "2025-10-27",
            "basis": "12-HD",
        },
        {"field": "duration_minutes", "at_least": 120, "when": "combined"},
    ],
    items=[{"code": "tc-01", "title": "Tiêu chí 1", "owner": "b"}],
    until="2030-12-31",
    **{"from": "2017-01-01"},
)

DUTY = Duty(
    code="BC-01",
    title="Báo cáo {period}",
    kind=DutyKind.INSPECTION,
    area="kiểm tra",
    enabled=False,
    assigned=Assigned(
        kinds=frozenset({"cell"}),
        tags=frozenset({"x"}),
        units=frozenset({"b"}),
        excepted=frozenset({"a"}),
        under="dang-uy",
    ),
    recurrences=(Recurrence(every=Every.MONTH, due=Due(form=DayOfMonth(20))),),
    roll=Roll.MODIFIED_NEXT,
    stay_in_period=True,
    window=Window(opens=DayOfMonth(1), closes=of("6m")),
    policy="chuan",
    evidence=(Evidence(name="number"), Evidence(name="topic", title="Tên chuyên đề")),
    basis="Quy chế",
    target=Target(count=2, units={"b": 6}),
    pace=(Pace(month=3, day=31, percent=25),),
    criteria=(
        Criterion(
            field="attendance",
            more_than=85,
            since=date(2018, 7, 6),
            until=date(2025, 10, 27),
            basis="12-HD",
        ),
        Criterion(field="duration_minutes", at_least=120, when="combined"),
    ),
    items=(ChecklistItem(code="tc-01", title="Tiêu chí 1", owner="b"),),
    since=date(2017, 1, 1),
    until=date(2030, 12, 31),
)
