"""The target of a duty, which stands in several rows: one for all units, and one for each that differs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nhacviec.application.catalogue.schema import Path
from nhacviec.application.definitions import Definition
from nhacviec.application.exchange.book import CellChange, laid_over
from nhacviec.application.exchange.columns import TARGETS
from nhacviec.application.exchange.rows import Row
from nhacviec.application.exchange.sheets import Spot


@dataclass(slots=True)
class LaidTarget:
    """A target with what its rows say instead.

    Args:
        target: as a catalogue writes it.
        spots: cells by the paths inside the target.
        news: each row, the cells that it changes, and whether it is a new one.
    """

    target: Definition
    spots: dict[Path, Spot] = field(default_factory=dict)
    news: list[tuple[Row, tuple[CellChange, ...], bool]] = field(default_factory=list)


def laid_target(held: Mapping[str, Any], rows: list[Row]) -> LaidTarget:
    """Lay rows over a target; a unit without a row keeps what it has.

    Args:
        held: the target as it is; empty: none yet.
        rows: all rows of one duty.
    """
    laid = LaidTarget(target=dict(held))
    for row in rows:
        unit = row.text("unit")
        before = _of_unit(held, unit) if unit else _of_all(held)
        _, cells = laid_over(before | {"duty": row.text("duty")}, row, TARGETS)
        laid.news.append((row, cells, not before))
        inner: Path = ("units", unit) if unit else ()
        laid.spots.setdefault(inner, row.spot)
        for key in ("count", "percent"):
            if key in row.spots:
                laid.spots[("units", unit) if unit and key == "count" else (*inner, key)] = row.spots[key]
        if cells:
            _put(laid.target, unit, row)
    return laid


def rows_of(target: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A target as rows: first what holds for all, then the units that differ."""
    return [_of_all(target), *(_of_unit(target, unit) for unit in target.get("units") or {})]


def _put(target: Definition, unit: str, row: Row) -> None:
    count, percent = row.values.get("count"), row.values.get("percent")
    if unit:
        # a percentage of one unit alone is no target: the check says so at its cell
        said = count if percent is None else {"percent": percent}
        target["units"] = {**(target.get("units") or {}), unit: said}
        return
    for key in ("count", "percent", "of"):
        target.pop(key, None)
    target |= {key: value for key, value in (("count", count), ("percent", percent)) if value is not None}
    if percent is not None:
        target["of"] = "members"


def _of_all(target: Mapping[str, Any]) -> dict[str, Any]:
    return {key: target[key] for key in ("count", "percent") if target.get(key) is not None}


def _of_unit(target: Mapping[str, Any], unit: str) -> dict[str, Any]:
    units = target.get("units") or {}
    return {"unit": unit, "count": units[unit]} if unit in units else {}
