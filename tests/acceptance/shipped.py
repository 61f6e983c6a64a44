"""The catalogue that ships, with every duty switched on, for the tests that ask what it says."""

from datetime import date, timedelta
from typing import Any

from nhacviec.adapters.yaml_files import read_yaml
from nhacviec.application.catalogue.check import check
from nhacviec.bootstrap import shipped_days
from nhacviec.domain.catalogue import Catalogue
from nhacviec.domain.planning import Expected, Planner
from tests.application.catalogue.given import Typed
from tests.support.checkout import ROOT

#: A due date lies no further from the first day of its period.
FAR = timedelta(days=731)
SHIPPED = ROOT / "config" / "catalogue"
PRESETS = SHIPPED / "presets"
#: Shipped off (DOMAIN §6).
OFF = (
    *("SH-02", "SH-03", "SH-06", "HN-01", "KH-02", "KH-03", "KT-05", "CK-02", "TS-02"),
    *("DG-01", "DG-03", "DG-04", "TK-01", "DC-01", "TN-01", "QT-01", "DH-01", "DH-02"),
)
#: Shipped on: the first installation.
ON = (
    *("SH-01", "SH-04", "SH-05", "BC-01", "BC-02", "BC-03", "BC-04", "BC-05", "BC-06", "HN-02", "HN-03"),
    *("KH-01", "KT-01", "KT-02", "KT-03", "KT-04", "CK-01", "TS-01", "DG-02", "DP-01"),
)
EVERYTHING_ON = {"nhacviec": 1, "adjust": [{"code": code, "enabled": True} for code in OFF]}


def shipped(preset: str = "", *more: dict[str, Any]) -> Catalogue:
    """The shipped catalogue with a preset ("" for none), and with what a secretary writes beside it."""
    names = ("organisation", "policies", "duties")
    paths = [*(SHIPPED / f"{name}.yaml" for name in names), *([PRESETS / f"{preset}.yaml"] if preset else [])]
    files = [read_yaml(path) for path in paths]
    typed = [Typed(document, f"typed-{number}") for number, document in enumerate(more)]
    return check([*files, *typed], days=shipped_days()).catalogue


def expected(catalogue: Catalogue, first: date, last: date, *codes: str) -> list[Expected]:
    """What the planner gives for the periods that begin in [first, last], of every duty that comes by itself.

    Args:
        catalogue: what it expands.
        first: first day on which a period may begin.
        last: last such day, included.
        codes: only these duties; none named, all.
    """
    planner = Planner(catalogue)
    return [
        found
        for duty in catalogue.duties.values()
        if duty.code in codes or not codes
        for found in planner.expected(duty, first - FAR, last + FAR)
        if first <= found.period.first <= last
    ]
