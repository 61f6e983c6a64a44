"""Work to be killed at: an organisation whose units get a letter each whenever something happens."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from nhacviec.adapters.clock import SystemClock
from tests.chaos.checker import Period
from tests.chaos.killer import Zygote

DUTY = "V-1"
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
_NOWHERE = "smtp://127.0.0.1:9"
_FIRST = datetime(2020, 1, 1, tzinfo=UTC)


def catalogue(units: int) -> dict[str, Any]:
    """So many cells with a secretary each, and a duty that events open; their letters go at once."""
    return {
        "nhacviec": 1,
        "organisation": {
            "name": "Đảng bộ Sở",
            "timezone": ZONE.key,
            "language": "vi",
            "office": "Văn phòng",
            "sender": {"name": "Văn phòng", "email": "vp@example.vn"},
        },
        "calendar": {"country": "VN"},
        "units": [
            {
                "code": f"cb-{n:04}",
                "name": f"Chi bộ {n}",
                "kind": "cell",
                "contacts": [{"role": "secretary", "name": "Bí thư", "email": f"bt{n:04}@example.vn"}],
            }
            for n in range(units)
        ],
        "policies": [{"code": "p", "at": "00:00", "working_days_only": False, "remind": ["0d"]}],
        "duties": [
            {
                "code": DUTY,
                "title": "Việc {period}",
                "kind": "report",
                "assigned": {"kinds": ["cell"]},
                "every": "event",
                "due": {"after_end": "1d"},
                "policy": "p",
            }
        ],
    }


class Load:
    """Opens occurrences, a day further back with each event, and remembers what was confirmed.

    Args:
        zygote: runs the commands.
        units: how many letters each event makes.
    """

    def __init__(self, zygote: Zygote, units: int) -> None:
        self._zygote, self._units = zygote, units
        self._events = 0
        self.owed: list[Period] = []

    def begin(self, folder: Path) -> None:
        """Make the database and apply the catalogue."""
        file = folder / "catalogue.yaml"
        file.write_text(json.dumps(catalogue(self._units), ensure_ascii=False))
        self._must("catalogue", "apply", str(file), "--yes", "--at", _FIRST.isoformat())

    def happen(self) -> None:
        """One event: a letter for every unit, once it is gathered."""
        today = SystemClock().now().astimezone(ZONE).date()
        self._events += 1
        on = today - timedelta(days=self._events)
        self._must("event", "add", DUTY, "--on", on.isoformat(), "--due", today.isoformat())
        self.owed += [self._period(n, on) for n in range(self._units)]

    def gather(self) -> None:
        """Let the letters be written down, with no mail server to give them to."""
        code = self._zygote.run("tick", NHACVIEC_SMTP_URL=_NOWHERE)
        if code not in (0, 69):
            raise RuntimeError(f"tick: {code}\n{self._zygote.log[-2000:]}")

    def _period(self, unit: int, on: date) -> Period:
        return DUTY, f"cb-{unit:04}", on.isoformat()

    def _must(self, *arguments: str) -> None:
        code = self._zygote.run(*arguments)
        if code:
            raise RuntimeError(f"{arguments}: {code}\n{self._zygote.log[-2000:]}")
