"""A fortnight of the sample organisation, lived through once, and what stands in its database then."""

from pathlib import Path
from typing import Any

from tests.acceptance.program import CATALOGUE, NOBODY, Program, installed, post_office

APPLIED = "2017-05-20T00:00+07:00"
REPORT = ("BC-03", "cb-van-phong", "2017-H1")
EVIDENCE = ("--evidence", "number=05-BC/CB", "--evidence", "date=2017-05-26")


class Lived:
    """The organisation on the evening of 2 June: its database, the letters a server took, what was answered.

    Args:
        folder: holds all of that, so that several processes of tests may share it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.program = installed(folder, {"NHACVIEC_SMTP_URL": NOBODY})
        self.said: dict[str, Any] = {}

    @property
    def wire(self) -> list[bytes]:
        """What the server took, in the order of the final dots."""
        return [file.read_bytes() for file in sorted(self.folder.glob("*.eml"))]

    def about(self, unit: str, duty: str = "BC-03") -> list[str]:
        """The local days on which letters about a unit's duty went."""
        about = {"duty": duty, "unit": unit}
        rows = self.program.rows(
            "SELECT message.slot_at FROM reminder JOIN message ON message.id = reminder.message"
            " JOIN occurrence ON occurrence.id = reminder.occurrence"
            " WHERE occurrence.duty = :duty AND occurrence.unit = :unit"
            " AND reminder.verdict = 'send' AND message.state = 'sent' AND message.line = 'main'"
            " ORDER BY message.slot_at",
            **about,
        )
        return [str(row[0])[:10] for row in rows]


def live(story: Lived) -> None:
    """Fourteen mornings; on 26 May the office takes decisions about one cell after the other."""
    program = Program(folder=story.folder, settings=dict(story.program.settings))
    with post_office() as office:
        program.settings["NHACVIEC_SMTP_URL"] = office.url
        program.ok("catalogue", "apply", *CATALOGUE, "--at", APPLIED, "--yes")
        for day in range(20, 27):
            program.tick(f"2017-05-{day}T08:00")
        decide(story)
        for date in ("05-27", "05-28", "05-29", "05-30", "05-31", "06-01", "06-02"):
            program.tick(f"2017-{date}T08:00")
        for number, letter in enumerate(office.accepted):
            (story.folder / f"{number:04d}.eml").write_bytes(letter.content)


def decide(story: Lived) -> None:
    program, said, at = story.program, story.said, ("--at", "2017-05-26T15:00")
    said["reported"] = program.json("occurrence", "report", *REPORT, *EVIDENCE, *at, "--by", "bí thư")
    said["again"] = program.ok("occurrence", "report", *REPORT, *EVIDENCE, *at).err
    bare = program.run("occurrence", "report", "BC-03", "cb-mam-non", "2017-H1", *at)
    said["bare"] = {"code": bare.code, "out": bare.text, "err": bare.err}
    said["extended"] = program.json(
        "occurrence", "extend", "BC-03", "cb-to-chuc", "2017-H1", "--to", "2017-06-12", *at
    )
    said["waived"] = program.json("occurrence", "waive", "BC-03", "cb-ke-hoach", "2017-H1", *at)
    program.ok("occurrence", "report", "BC-03", "cb-thanh-tra", "2017-H1", *EVIDENCE, *at)
    said["returned"] = program.json(
        "occurrence",
        "return",
        "BC-03",
        "cb-thanh-tra",
        "2017-H1",
        "--to",
        "2017-06-07",
        "--note",
        "còn thiếu",
        *at,
    )
    program.ok("occurrence", "report", "BC-03", "cb-trung-hoc", "2017-H1", *EVIDENCE, *at)
    said["reopened"] = program.json("occurrence", "reopen", "BC-03", "cb-trung-hoc", "2017-H1", *at)
    program.ok("occurrence", "report", "BC-03", "cb-tieu-hoc", "2017-H1", *EVIDENCE, *at)
    said["accepted"] = program.json("occurrence", "accept", "BC-03", "cb-tieu-hoc", "2017-H1", *at)
