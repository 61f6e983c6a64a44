"""How long plan, and a tick with nothing due, take on SQLite; one JSON line per figure."""

import asyncio
import json
import os
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from nhacviec.application.definitions import Definitions
from nhacviec.application.records import DutyMark
from nhacviec.bootstrap import Service, open_service
from nhacviec.settings import settings_for

#: A quiet moment: the first of a month at night, when every occurrence is planned and none is due.
NOW = datetime(2017, 1, 1, tzinfo=UTC)
ROUNDS = 31


def catalogue(units: int, duties: int) -> Definitions:
    """So many cells with so many monthly duties each, due on different days."""
    organisation = {
        "name": "Đảng bộ Sở",
        "timezone": "Asia/Ho_Chi_Minh",
        "sender": {"name": "Văn phòng", "email": "vanphong@example.vn"},
    }
    cells = {
        f"cb-{n:05d}": {
            "code": f"cb-{n:05d}",
            "name": f"Chi bộ số {n}",
            "kind": "cell",
            "contacts": [{"role": "secretary", "name": "Bí thư Chi bộ", "email": f"bt{n}@example.vn"}],
        }
        for n in range(units)
    }
    policy = {
        "code": "chuan",
        "remind": ["-7wd", "-3wd", "0d"],
        "overdue": ["1wd", {"every": "5wd", "until": "60wd"}],
    }
    monthly = {
        f"BC-{n:02d}": {
            "code": f"BC-{n:02d}",
            "title": f"Báo cáo số {n} {{period}}",
            "kind": "report",
            "assigned": {"kinds": ["cell"]},
            "every": "month",
            "due": {"day": n % 28 + 1},
            "roll": "next",
            "policy": "chuan",
        }
        for n in range(duties)
    }
    return Definitions(
        organisation=organisation,
        calendar={"weekend": ["sat", "sun"]},
        units=cells,
        policies={"chuan": policy},
        duties=monthly,
    )


async def fill(service: Service, definitions: Definitions) -> None:
    """Put a catalogue where plan finds it."""
    async with service.database.write() as transaction:
        await transaction.catalogue.save(definitions, [])
        marks = [
            DutyMark(code=code, applied_on=NOW.date(), planned_until=None) for code in definitions.duties
        ]
        await transaction.catalogue.mark(marks)


def tell(figure: str, value: float, unit: str, **more: object) -> None:
    """One line of JSON."""
    line = {"figure": figure, "value": round(value, 3), "unit": unit, "cores": os.cpu_count(), **more}
    print(json.dumps(line), flush=True)


async def measure(folder: Path, units: int, duties: int) -> float:
    """Plan the horizon, then tick where nothing is due; returns the median tick in milliseconds."""
    settings = settings_for(f"sqlite:///{folder / f'{units}.db'}", "smtp://127.0.0.1:9")
    async with open_service(settings) as service:
        await fill(service, catalogue(units, duties))
        first = await service.tick(NOW)
        about = {"occurrences": first.prepared.planned, "units": units, "duties": duties}
        tell("plan", first.prepared.planned_seconds, "s", **about)
        ticks = []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            ticked = await service.tick(NOW)
            ticks.append((time.perf_counter() - began) * 1000)
            assert (ticked.prepared.planned, ticked.prepared.gathered.messages) == (0, 0)
    median = statistics.median(ticks)
    tell("tick with nothing due", median, "ms", **about, worst=round(max(ticks), 3))
    return median


async def main() -> None:
    """A tenth of a province, then a province: the tick must not tell them apart."""
    with tempfile.TemporaryDirectory() as folder:
        small = await measure(Path(folder), units=100, duties=40)
        large = await measure(Path(folder), units=1000, duties=40)
    tell("tick with ten times as many occurrences", large / small, "ratio")


if __name__ == "__main__":
    asyncio.run(main())
