"""A new release of the zone data changes a rule to come (F58, S-05)."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest

from tests.simulation.catalogues import REPORT, catalogue
from tests.support.checkout import ROOT
from tests.support.mailserver import MailServer

ZIC = shutil.which("zic", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
ZONE = "Asia/Ho_Chi_Minh"
#: From July on, clocks in Hà Nội show an hour more.
NEW_RULES = f"Zone {ZONE} 7:00 - +07 2026 Jul 1\n 8:00 - +08\n"

pytestmark = pytest.mark.skipif(ZIC is None, reason="zic of Debian's libc-bin is not here")


class Program:
    """The program, in processes of its own: a process reads the rules of a zone once.

    Args:
        folder: where its database lies.
        server: takes its letters.
    """

    def __init__(self, folder: Path, server: MailServer) -> None:
        self._folder = folder
        self.environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT / "service"),
            "NHACVIEC_DATABASE_URL": f"sqlite:///{folder}/nhacviec.db",
            "NHACVIEC_SMTP_URL": server.url,
            "NHACVIEC_TEST_UNDURABLE": "1",
        }

    async def run(self, *arguments: str) -> Any:  # noqa: ANN401 -- what it says in JSON
        """Run a command that succeeds."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "nhacviec", *arguments, env=self.environment, stdout=subprocess.PIPE
        )
        output, _ = await process.communicate()
        assert process.returncode == 0, output
        return json.loads(output) if "--json" in arguments else None

    async def sent(self, at: str) -> int:
        """Tick once and say how many letters went."""
        told = await self.run("tick", "--at", at, "--json")
        return int(told["dispatched"].get("sent", 0))

    def compile(self, rules: str) -> None:
        """From now on the zones of this machine have these rules."""
        source = self._folder / "rules"
        source.write_text(rules)
        assert ZIC is not None
        subprocess.run([ZIC, "-d", str(self._folder / "zones"), str(source)], check=True)
        self.environment["PYTHONTZPATH"] = str(self._folder / "zones")


@pytest.fixture
async def program(tmp_path: Path, mail_server: MailServer) -> Program:
    """A report for July; the first letter goes seven working days before, on the 15th at half past seven."""
    file = tmp_path / "catalogue.yaml"
    file.write_text(json.dumps(catalogue(REPORT, cells=1), ensure_ascii=False), encoding="utf-8")
    program = Program(tmp_path, mail_server)
    await program.run("catalogue", "apply", str(file), "--yes", "--at", "2026-06-28T00:00+07:00")
    assert await program.sent("2026-06-28T00:30+07:00") == 0
    return program


async def test_a_letter_goes_at_its_wall_time_by_the_new_rules_and_once(
    program: Program, mail_server: MailServer
) -> None:
    """F58: half past seven comes an hour earlier from July on."""
    program.compile(NEW_RULES)

    assert await program.sent("2026-07-14T23:29:00+00:00") == 0
    assert await program.sent("2026-07-14T23:30:00+00:00") == 2
    assert await program.sent("2026-07-15T00:30:00+00:00") == 0

    letters = [message_from_bytes(envelope.content) for envelope in mail_server.accepted]
    assert [letter["Date"] for letter in letters] == ["Wed, 15 Jul 2026 07:30:00 +0800"] * 2


async def test_a_stage_that_was_told_by_the_old_rules_is_not_told_again_by_the_new_ones(
    program: Program, mail_server: MailServer
) -> None:
    """F58: the rules come back to what they were, after the letter had gone."""
    program.compile(NEW_RULES)
    assert await program.sent("2026-07-14T23:30:00+00:00") == 2
    del program.environment["PYTHONTZPATH"]

    assert await program.sent("2026-07-15T00:30:00+00:00") == 0
    # and -3wd, on the 21st, goes by the old ones again
    assert await program.sent("2026-07-20T23:30:00+00:00") == 0
    assert await program.sent("2026-07-21T00:30:00+00:00") == 2
    assert len({envelope.content for envelope in mail_server.accepted}) == 4
