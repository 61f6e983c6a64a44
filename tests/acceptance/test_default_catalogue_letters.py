"""DOMAIN §2.2: what a letter says of a meeting's length and rule changes with the day of the meeting."""

import json
from email import message_from_bytes, policy

import pytest

from tests.acceptance.program import PostOffice, Program
from tests.acceptance.shipped import ON, SHIPPED

OFFICE, INSPECTORATE = "bt.tccb@dangbo.example.vn", "bt.ttra@dangbo.example.vn"
QUALITY = "Bảo đảm thời lượng và chất lượng cuộc họp theo quy định đang áp dụng."
NINETY = "Bảo đảm thời lượng tối thiểu 90 phút theo quy định đang áp dụng."


def meetings_on(day: int) -> dict[str, object]:
    """Meetings alone; those of one cell on a day of its own."""
    quiet = [{"code": code, "enabled": False} for code in ON if code != "SH-01"]
    own = {"day": 5, "units": {"cb-thanh-tra": {"day": day}}}
    return {"nhacviec": 1, "adjust": [*quiet, {"code": "SH-01", "due": own}]}


def said(office: PostOffice, address: str) -> str:
    """The words of the only letter to an address."""
    (envelope,) = (one for one in office.accepted if one.rcpt_tos == (address,))
    body = message_from_bytes(envelope.content, policy=policy.default).get_body(("plain",))
    assert body is not None
    return " ".join(body.get_content().split())


@pytest.mark.parametrize(
    ("applied", "own", "mornings", "fifth", "later"),
    [
        # Thursday 5/7/2018, the day before 12-HD/BTCTW, and Friday 6/7, its first; a threshold goes by day.
        (
            "2018-06-29T18:00",
            6,
            ("2018-07-02T07:30", "2018-07-03T07:30"),
            (QUALITY, "09-HD/BTCTW"),
            (NINETY, "Điều 24"),
        ),
        # Monday 6/8/2018 and Tuesday 7/8: the first month that begins under it; a basis goes by the period.
        (
            "2018-07-31T18:00",
            7,
            ("2018-08-01T07:30", "2018-08-02T07:30"),
            (NINETY, "12-HD/BTCTW"),
            (NINETY, "12-HD/BTCTW"),
        ),
        # Wednesday 5/11/2025 and Thursday 6/11: the first month that begins under 42-HD/BTCTW.
        (
            "2025-10-30T18:00",
            6,
            ("2025-10-31T07:30", "2025-11-03T07:30"),
            (NINETY, "42-HD/BTCTW"),
            (NINETY, "42-HD/BTCTW"),
        ),
    ],
)
def test_a_letter_asks_for_what_holds_on_the_day_of_the_meeting(
    applied: str,
    own: int,
    mornings: tuple[str, str],
    fifth: tuple[str, str],
    later: tuple[str, str],
    empty: Program,
    office: PostOffice,
) -> None:
    (empty.folder / "meetings.yaml").write_text(json.dumps(meetings_on(own)))
    empty.settings["NHACVIEC_SMTP_URL"] = office.url
    empty.ok("catalogue", "apply", str(SHIPPED), "meetings.yaml", "--at", applied, "--yes")
    for morning in mornings:
        empty.tick(morning)

    for address, (length, basis) in ((OFFICE, fifth), (INSPECTORATE, later)):
        words = said(office, address)
        assert length in words
        assert basis in words
