"""``demo``: the main job on the sample organisation, with a real mail server on loopback."""

import asyncio
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as wall_time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nhacviec.cli.shell import AsJson, day, run, say, tell, tell_json
from nhacviec.domain.errors import ServerUnreachable

if TYPE_CHECKING:
    from nhacviec.adapters.mailbox import Mailbox
    from nhacviec.bootstrap import Service

#: The cells' half-year reports fall due on 5 June, the committee's on 15 June: a telling fortnight.
TELLING = "2017-05-20"
SECONDS_A_DAY, SECONDS_A_QUIET_DAY = 4.0, 0.5
#: The service wakes up, then the offices work, in local time.
MORNING, AFTERNOON = wall_time(7, 30), wall_time(15, 0)


@dataclass(slots=True)
class Simulation:
    """One run of simulated days over a service of its own."""

    service: "Service"
    mailbox: "Mailbox"
    today: date
    reported: int = 0
    sent: Counter[str] = field(default_factory=Counter)

    def moment(self, wall: wall_time) -> datetime:
        """A local moment of the simulated day."""
        from nhacviec.domain.time.zone import instant

        return instant(datetime.combine(self.today, wall), self.service.zone)

    async def live(self) -> None:
        """One day: the morning's letters, then the offices' work."""
        ticked = await self.service.tick(self.moment(MORNING))
        if ticked.dispatched.unreachable:
            raise ServerUnreachable(ticked.dispatched.unreachable)
        await self._work()
        self.today += timedelta(days=1)

    async def _work(self) -> None:
        """Units that are ready report; the secretary counts inspections and accepts some reports."""
        from nhacviec.application.records import Filter
        from nhacviec.application.rehearsal import acts
        from nhacviec.application.rulings import Decision
        from nhacviec.domain.occurrence import ASKED_FOR, EventKind
        from nhacviec.domain.opening import period_of

        async with self.service.database.read() as transaction:
            planner = await self.service.current.planner(transaction)
            wanted = Filter(states=frozenset(ASKED_FOR), due_to=self.today + timedelta(days=14))
            occurrences = await transaction.occurrences.find(wanted)
        catalogue = planner.catalogue
        if not catalogue.calendar.is_working(self.today):
            return
        for occurrence in occurrences:
            if occurrence.target is not None:
                continue
            duty = catalogue.duty(occurrence.duty).at(period_of(occurrence))
            act = acts(occurrence, duty, self.today, catalogue.calendar)
            if act is None:
                continue
            decision = Decision(
                duty=occurrence.duty,
                unit=occurrence.unit,
                period=occurrence.period,
                kind=EventKind.REPORTED,
                at=self.moment(AFTERNOON),
                by="demo",
                evidence=act.evidence,
            )
            await self.service.decide(decision)
            self.reported += 1

    def standing(self) -> str:
        """One line about where it stands."""
        return f"{self.today:%d/%m/%Y} · {len(self.mailbox.letters)} thư · {self.reported} báo cáo"


def demo(
    first: Annotated[str, typer.Option("--from", metavar="DATE", help="The first simulated day.")] = TELLING,
    days: Annotated[int, typer.Option("--days", min=1, max=3660, help="How many days.")] = 60,
    once: Annotated[bool, typer.Option("--once", help="At full speed, without the page; then exit.")] = False,
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="Of the page; 0 lets the system choose.")
    ] = 8025,
    folder: Annotated[Path | None, typer.Option("--dir", help="Keep database and letters here.")] = None,
    as_json: AsJson = False,
) -> None:
    """The main job on the sample organisation: duties become letters in a real mail server.

    Example: nhacviec demo --once --days 60 --from 2017-05-20 --json
    """
    start = day(first, "--from")

    async def work() -> int:
        with ExitStack() as stack:
            place = folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="nhacviec-demo-")))
            place = place.absolute()
            (place / "letters").mkdir(parents=True, exist_ok=True)
            return await _demo(place, start, days, None if once else port, as_json=as_json)

    run(work)


async def _demo(place: Path, start: date, days: int, port: int | None, *, as_json: bool) -> int:
    from nhacviec.adapters.mailbox import open_mailbox
    from nhacviec.bootstrap import open_sample

    began = time.monotonic()
    now: list[datetime] = []
    async with open_mailbox(place / "letters", lambda: now[-1]) as mailbox:
        database = f"sqlite:///{place / 'demo.db'}"
        async with open_sample(database, f"smtp://127.0.0.1:{mailbox.port}", start) as service:
            simulation = Simulation(service=service, mailbox=mailbox, today=start)
            now.append(simulation.moment(MORNING).astimezone(service.zone))
            if port is None:
                for _ in range(days):
                    now.append(simulation.moment(MORNING).astimezone(service.zone))
                    await simulation.live()
                document = await _summary(simulation, start, days, began)
                _tell(document, as_json=as_json)
                return 0 if document["letters"] == document["received"] else 1
            await _show(simulation, days, port, now)
    return 0


async def _show(simulation: Simulation, days: int, port: int, now: list[datetime]) -> None:
    from nhacviec.resources import shipped
    from nhacviec.web.letters import serve_letters
    from nhacviec.web.pages import Pages

    pages = Pages(shipped("templates"))
    serving = serve_letters(
        simulation.mailbox.letters, simulation.standing, pages, host="127.0.0.1", port=port
    )
    with serving as bound:
        say(f"letters as they arrive: http://127.0.0.1:{bound}/  (Ctrl-C ends it)")
        for _ in range(days):
            now.append(simulation.moment(MORNING).astimezone(simulation.service.zone))
            before = len(simulation.mailbox.letters)
            await simulation.live()
            arrived = len(simulation.mailbox.letters) - before
            say(f"{now[-1]:%a %d/%m/%Y}  {arrived} letters")
            await asyncio.sleep(SECONDS_A_DAY if arrived else SECONDS_A_QUIET_DAY)
        say("the simulated days are over; the page stays until Ctrl-C")
        await asyncio.Event().wait()


async def _summary(simulation: Simulation, start: date, days: int, began: float) -> dict[str, Any]:
    from nhacviec.application.records import Filter

    async with simulation.service.database.read() as transaction:
        sent = await transaction.outbox.messages(frozenset({"sent"}), None)
        occurrences = await transaction.occurrences.find(Filter())
    kinds = Counter(str(message.kind) for message in sent)
    return {
        "from": start,
        "days": days,
        "occurrences": len(occurrences),
        "letters": len(sent),
        "received": len(simulation.mailbox.letters),
        "by_kind": dict(sorted(kinds.items())),
        "reported": simulation.reported,
        "seconds": round(time.monotonic() - began, 1),
    }


def _tell(document: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        tell_json(document)
    else:
        for name, value in document.items():
            tell(f"{name:12} {value}")
