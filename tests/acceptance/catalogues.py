"""Random catalogues: a committee, a few cells, a handful of duties under a policy each."""

from typing import Any

from hypothesis import strategies as st

UNITS = ("cb-01", "cb-02", "cb-03")
offsets = st.builds("{}{}".format, st.integers(1, 12), st.sampled_from(("d", "wd")))
earlier = st.builds("-{}{}".format, st.integers(0, 15), st.sampled_from(("d", "wd")))
cadences = st.fixed_dictionaries({"every": offsets, "times": st.integers(1, 4)})
roles = st.lists(st.sampled_from(("secretary", "deputy")), min_size=1, max_size=2, unique=True)

policies = st.fixed_dictionaries(
    {
        "at": st.sampled_from(("06:00", "07:00", "07:30", "08:00")),
        "working_days_only": st.booleans(),
        "to": roles,
        "remind": st.lists(earlier, max_size=3, unique=True),
        "overdue": st.one_of(st.just([]), st.lists(cadences, min_size=1, max_size=1), st.just(["1d", "3wd"])),
        "escalate": st.lists(
            st.fixed_dictionaries(
                {"after": offsets, "to": st.sampled_from(("overseer", "parent.secretary"))}
            ),
            max_size=2,
        ),
    },
    optional={
        "quiet": st.sampled_from(
            (
                {"from": "17:00", "to": "07:00"},
                {"from": "22:00", "to": "08:00"},
                {"from": "12:00", "to": "13:30"},
            )
        )
    },
)
PACE = [{"by": "03-31", "percent": 25}, {"by": "06-30", "percent": 50}, {"by": "09-30", "percent": 75}]
monthly = st.one_of(
    st.builds(lambda day: {"day": day}, st.integers(1, 31) | st.just("last")),
    st.builds(lambda n: {"working_day": n}, st.sampled_from((-3, -1, 1, 5, 12))),
    st.builds(lambda n: {"after_end": n}, offsets),
    st.builds(lambda n: {"after_start": n}, offsets),
)
rhythms = st.one_of(
    st.fixed_dictionaries({"every": st.sampled_from(("month", "quarter", "half-year")), "due": monthly}),
    st.builds(
        lambda weekday: {"every": "week", "due": {"weekday": weekday}},
        st.sampled_from(("mon", "thu", "fri", "sun")),
    ),
    st.just({"every": {"rrule": "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE", "start": "2017-01-04"}}),
    st.just({"every": "year", "due": {"date": "11-30"}, "target": {"count": 3}} | {"pace": PACE}),
)
extras = st.fixed_dictionaries(
    {"kind": st.sampled_from(("report", "meeting", "task"))},
    optional={
        "roll": st.sampled_from(("none", "next", "prev", "nearest")),
        "target": st.fixed_dictionaries({"count": st.integers(1, 3)}),
        "window": st.just({"close": {"due": "4d"}}),
    },
)


ORGANISATION = {
    "name": "Đảng bộ",
    "timezone": "Asia/Ho_Chi_Minh",
    "language": "vi",
    "office": "Văn phòng",
    "sender": {"name": "Văn phòng", "email": "vp@dangbo.example.vn"},
}


@st.composite
def catalogues(draw: st.DrawFn) -> dict[str, Any]:
    """A committee, a few cells that share an overseer, and a handful of duties under a policy each."""
    cells = draw(st.integers(1, 3))
    overseer = {"name": "Đảng ủy viên", "email": "dv@dangbo.example.vn"}
    units = [
        {"code": code, "name": f"Chi bộ {code}", "kind": "cell", "parent": "dang-uy", "overseer": overseer}
        | {"contacts": contacts(code, both=draw(st.booleans()))}
        for code in UNITS[:cells]
    ]
    duties = [
        {
            "code": f"D-{n}",
            "title": f"Việc {n} {{period}}",
            "assigned": {"kinds": ["cell"]},
            "policy": f"p{n}",
        }
        | draw(extras)
        | draw(rhythms)
        for n in range(draw(st.integers(1, 4)))
    ]
    return {
        "nhacviec": 1,
        "organisation": ORGANISATION,
        "calendar": {"country": "VN", "weekend": ["sat", "sun"]},
        "units": [
            {
                "code": "dang-uy",
                "name": "Đảng ủy",
                "kind": "committee",
                "contacts": contacts("dang-uy", both=True),
            },
            *units,
        ],
        "policies": [{"code": duty["policy"], **draw(policies)} for duty in duties],
        "duties": duties,
    }


def contacts(code: str, *, both: bool) -> list[dict[str, str]]:
    secretary = {"role": "secretary", "name": "Bí thư", "email": f"bt.{code}@dangbo.example.vn"}
    deputy = {"role": "deputy", "name": "Phó Bí thư", "email": f"pbt.{code}@dangbo.example.vn"}
    return [secretary, deputy] if both else [secretary]
