"""Organisations to live with: a committee and its cells, what they owe, and how they are reminded."""

from typing import Any

#: The ladder of the shipped policy.
LADDER = {
    "code": "chuan",
    "at": "07:30",
    "quiet": {"from": "17:00", "to": "07:00"},
    "to": ["secretary", "deputy"],
    "remind": ["-7wd", "-3wd", "0d"],
    "overdue": ["1wd", "3wd", {"every": "5wd", "until": "60wd"}],
    "escalate": [{"after": "3wd", "to": "overseer"}, {"after": "5wd", "to": "parent.standing"}],
}
REPORT = {
    "code": "BC-01",
    "title": "Báo cáo công tác Đảng {period}",
    "kind": "report",
    "assigned": {"kinds": ["cell"]},
    "every": "month",
    "due": {"day": 24},
    "policy": "chuan",
}
REVIEW = {
    "code": "BC-02",
    "title": "Rà soát hồ sơ {period}",
    "kind": "task",
    "assigned": {"kinds": ["cell"]},
    "every": "week",
    "due": {"weekday": "fri"},
    "policy": "chuan",
}


def catalogue(*duties: dict[str, Any], cells: int = 3, **calendar: object) -> dict[str, Any]:
    """A committee and so many cells, two readers each, one overseer for all.

    Args:
        duties: what the cells owe.
        cells: how many.
        calendar: the shipped one of Viet Nam when left out.
    """
    return {
        "nhacviec": 1,
        "organisation": {
            "name": "Đảng bộ Sở",
            "timezone": "Asia/Ho_Chi_Minh",
            "language": "vi",
            "office": "Văn phòng",
            "sender": {"name": "Văn phòng", "email": "vp@example.vn"},
        },
        "calendar": calendar or {"country": "VN", "weekend": ["sat", "sun"]},
        "units": [
            {
                "code": "dang-uy",
                "name": "Đảng ủy",
                "kind": "committee",
                "contacts": [{"role": "standing", "name": "Thường trực", "email": "tt@example.vn"}],
            },
            *(_cell(n) for n in range(1, cells + 1)),
        ],
        "policies": [LADDER],
        "duties": list(duties),
    }


def _cell(n: int) -> dict[str, Any]:
    return {
        "code": f"cb-{n:03}",
        "name": f"Chi bộ {n}",
        "kind": "cell",
        "parent": "dang-uy",
        "overseer": {"name": "Đảng ủy viên", "email": "dv@example.vn"},
        "contacts": [
            {"role": "secretary", "name": "Bí thư", "email": f"bt{n:03}@example.vn"},
            {"role": "deputy", "name": "Phó Bí thư", "email": f"pbt{n:03}@example.vn"},
        ],
    }
