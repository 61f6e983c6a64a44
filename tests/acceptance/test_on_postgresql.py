"""The same program over PostgreSQL: what an outsider sees does not depend on the engine."""

from typing import Any

import pytest

from tests.acceptance.fortnight import APPLIED
from tests.acceptance.program import CATALOGUE, PostOffice, Program

MORNING = "2017-05-25T08:00"


@pytest.fixture
def elsewhere(postgresql_url: str, office: PostOffice, empty: Program) -> Program:
    empty.settings |= {"NHACVIEC_DATABASE_URL": postgresql_url, "NHACVIEC_SMTP_URL": office.url}
    return empty


def seen(program: Program) -> tuple[Any, ...]:
    """A morning, a report and an extension, and everything that is told about it afterwards."""
    program.ok("catalogue", "apply", *CATALOGUE, "--at", APPLIED, "--yes")
    ticked = program.tick(MORNING)
    at = ("--at", "2017-05-26T15:00")
    program.ok(
        "occurrence",
        "report",
        "BC-03",
        "cb-van-phong",
        "2017-H1",
        "--evidence",
        "nothing_to_report=true",
        *at,
    )
    program.ok("occurrence", "extend", "BC-03", "cb-to-chuc", "2017-H1", "--to", "2017-06-12", *at)
    letters = program.json("message", "list", "--at", MORNING)
    for letter in letters:
        del letter["message_id"]  # derived from a key of each installation's own
    return (
        {
            name: value
            for part in ("gathered", "dispatched")
            for name, value in ticked[part].items()
            if name != "seconds"
        },
        sorted(letters, key=lambda letter: str(letter["to"])),
        program.json("occurrence", "list", *at),
        program.json("forecast", "--from", "2017-05-27", "--to", "2017-06-30", *at),
        program.ok("catalogue", "export").out,
    )


def test_everything_that_is_told_is_told_alike(
    elsewhere: Program, sample: Program, office: PostOffice
) -> None:
    sample.settings["NHACVIEC_SMTP_URL"] = office.url
    there, here = seen(elsewhere), seen(sample)

    for theirs, ours in zip(there, here, strict=True):
        assert theirs == ours
    assert elsewhere.json("db", "status")["ok"]
    assert not elsewhere.file.exists()
