"""A small organisation to plan for: a committee, a commission, two cells."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from nhacviec.domain.catalogue import Catalogue
from nhacviec.domain.duty import Assigned, Duty, DutyKind
from nhacviec.domain.letter import LetterKind
from nhacviec.domain.organisation import Contact, Organisation, Unit
from nhacviec.domain.time.due import DayOfMonth, Due
from nhacviec.domain.time.period import Every
from nhacviec.domain.time.recurrence import Recurrence
from tests.domain.builders import policy, vietnam


def contact(name: str, role: str = "", receives: frozenset[LetterKind] = frozenset()) -> Contact:
    return Contact(
        name=name, role=role, email=f"{name.lower().replace(' ', '.')}@example.vn", receives=receives
    )


OFFICE = contact("Office")
STANDING = contact("Standing", "standing")
SECRETARY, DEPUTY = contact("Secretary", "secretary"), contact("Deputy", "deputy")
OVERSEER = contact("Overseer")

COMMITTEE = Unit(code="dang-uy", name="Committee", kind="committee", contacts=(STANDING,))
TAM = Unit(
    code="cb-tam",
    name="Cell Tam",
    kind="cell",
    parent="dang-uy",
    members=14,
    overseer=OVERSEER,
    tags=frozenset({"small"}),
    contacts=(SECRETARY, DEPUTY),
)
BA = Unit(code="cb-ba", name="Cell Ba", kind="cell", parent="dang-uy", members=30)
COMMISSION = Unit(code="ubkt", name="Commission", kind="inspection_commission", parent="dang-uy")


def organisation(*units: Unit) -> Organisation:
    found = units or (COMMITTEE, TAM, BA, COMMISSION)
    return Organisation(name="Org", office="Office", sender=OFFICE, units={unit.code: unit for unit in found})


MONTHLY = Recurrence(every=Every.MONTH, due=Due(form=DayOfMonth(20)))
REPORT = Duty(
    code="BC-01",
    title="Report {period}",
    kind=DutyKind.REPORT,
    assigned=Assigned(kinds=frozenset({"cell"})),
    recurrences=(MONTHLY,),
    policy="chuan",
    since=date(2017, 1, 1),
)


def catalogue(*duties: Duty, units: Sequence[Unit] = ()) -> Catalogue:
    return Catalogue(
        organisation=organisation(*units),
        calendar=vietnam(),
        policies={"chuan": policy("-7wd -3wd 0d", ["1wd", "3wd", "5wd..60wd"], "3wd 5wd")},
        duties={duty.code: duty for duty in (duties or (REPORT,))},
    )


def duty(
    code: str, every: Every = Every.MONTH, due: Due | None = None, assigned: Assigned = REPORT.assigned
) -> Duty:
    recurrence = Recurrence(every=every, due=due) if due else Recurrence(every=every)
    return replace(REPORT, code=code, recurrences=(recurrence,), assigned=assigned)
