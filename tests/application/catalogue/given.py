"""Small catalogues and documents for the tests of the catalogue."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from nhacviec.application.definitions import CalendarDay
from nhacviec.domain.errors import RuleError

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Typed:
    """A document that somebody typed without a file: line and column count keys and indexes."""

    data: Any
    file: str = "typed.yaml"

    def position(self, path: tuple[str | int, ...]) -> tuple[int, int]:
        """How deep, and the last index on the way."""
        return len(path), next((step for step in reversed(path) if isinstance(step, int)), 0)

    def cell(self, path: tuple[str | int, ...]) -> str:
        """None."""
        del path
        return ""


def shipped_days(country: str) -> Sequence[CalendarDay]:
    """The days off that ship with the product."""
    if country != "VN":
        raise RuleError(f"there is no calendar of {country}", mend="use VN")
    with (ROOT / "config/calendar/vn.csv").open(encoding="utf-8") as lines:
        return [
            CalendarDay(
                day=date.fromisoformat(row["date"]),
                working=row["kind"] == "working",
                label=row["label"],
                source="country",
                status=row["status"],
            )
            for row in csv.DictReader(lines)
        ]


def a_unit(code: str = "cb-01", **keys: object) -> dict[str, Any]:
    contacts = [{"role": "secretary", "name": "Bí thư", "email": f"{code}@dangbo.example.vn"}]
    return {"code": code, "name": "Chi bộ", "kind": "cell", "contacts": contacts} | keys


def a_policy(code: str = "chuan", **keys: object) -> dict[str, Any]:
    return {"code": code, "remind": ["-3wd"], "overdue": ["1wd"]} | keys


def a_duty(code: str = "BC-01", **keys: object) -> dict[str, Any]:
    plain = {
        "title": "Báo cáo {period}",
        "kind": "report",
        "assigned": {"kinds": ["cell"]},
        "policy": "chuan",
    }
    return {"code": code} | plain | {"every": "month", "due": {"day": 20}} | keys


def a_catalogue(**sections: object) -> dict[str, Any]:
    office = {"name": "Văn phòng", "email": "vanphong@dangbo.example.vn"}
    plain = {
        "nhacviec": 1,
        "organisation": {"name": "Đảng bộ Sở", "office": "Văn phòng Đảng ủy", "sender": office},
        "units": [a_unit()],
        "policies": [a_policy()],
        "duties": [a_duty()],
    }
    return {name: section for name, section in (plain | sections).items() if section is not None}
