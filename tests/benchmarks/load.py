"""So many letters that are due, put into a database by the product itself."""

import os
from datetime import UTC, datetime

from nhacviec.application.definitions import Definitions
from nhacviec.application.records import DutyMark
from nhacviec.bootstrap import open_service
from nhacviec.settings import settings_for

#: 07:30 in Viet Nam, seven working days before the 20th: the first reminder of every unit is due.
NOW = datetime(2017, 1, 11, 0, 30, tzinfo=UTC)
_ANYWHERE = "smtp://127.0.0.1:9"


def catalogue(units: int) -> Definitions:
    """One monthly report of so many cells, each with a secretary of its own."""
    cells = {
        f"cb-{n:06d}": {
            "code": f"cb-{n:06d}",
            "name": f"Chi bộ Trường Trung học phổ thông số {n}",
            "kind": "cell",
            "contacts": [
                {"role": "secretary", "name": f"Bí thư Chi bộ số {n}", "email": f"bt{n}@example.vn"}
            ],
        }
        for n in range(units)
    }
    report = {
        "code": "BC-01",
        "title": "Báo cáo công tác Đảng {period}",
        "kind": "report",
        "assigned": {"kinds": ["cell"]},
        "every": "month",
        "due": {"day": 20},
        "policy": "chuan",
        "evidence": ["number", "date"],
        "basis": "Quy chế làm việc của Đảng ủy Sở",
    }
    return Definitions(
        organisation={
            "name": "Đảng bộ Sở Giáo dục và Đào tạo",
            "office": "Văn phòng Đảng ủy",
            "timezone": "Asia/Ho_Chi_Minh",
            "sender": {"name": "Văn phòng Đảng ủy", "email": "vanphong@example.vn"},
        },
        calendar={"weekend": ["sat", "sun"]},
        units=cells,
        policies={"chuan": {"code": "chuan", "remind": ["-7wd", "-3wd", "0d"], "overdue": ["1wd"]}},
        duties={"BC-01": report},
    )


async def promise(database: str, letters: int) -> None:
    """Plan and gather, so that so many letters are due at ``NOW``.

    Args:
        database: the URL of an empty one.
        letters: each to somebody else.
    """
    os.environ.setdefault("NHACVIEC_TEST_UNDURABLE", "1")
    definitions = catalogue(letters)
    async with open_service(settings_for(database, _ANYWHERE)) as service:
        async with service.database.write() as transaction:
            await transaction.catalogue.save(definitions, [])
            await transaction.catalogue.mark(
                [DutyMark(code="BC-01", applied_on=NOW.date(), planned_until=None)]
            )
        prepared = await service.tick.prepare(NOW)
    assert prepared.gathered.messages == letters, prepared


async def size_of_a_letter(database: str) -> int:
    """How many bytes one of these letters has, as it would go."""
    await promise(database, 1)
    async with open_service(settings_for(database, _ANYWHERE)) as service:
        (view,) = await service.messages.all(frozenset(), None, NOW)
        shown = await service.messages.one(view.message.id, NOW)
    return len(shown.mime or b"")
