"""``doctor``, ``status`` and ``healthcheck``: is everything as it should be?"""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from nhacviec.cli.shell import (
    DONE,
    FAILED,
    MISCONFIGURED,
    UNREACHABLE,
    AsJson,
    At,
    current_settings,
    moment,
    run,
    service,
    tell,
    tell_json,
)
from nhacviec.cli.views import status_document

if TYPE_CHECKING:
    from nhacviec.application.watch import Watched

#: Workers told of on one screen.
_SHOWN = 4


def doctor(at: At = "", as_json: AsJson = False) -> None:
    """Check settings, database, clock, zone data, calendar, templates, mail server and disk.

    Exit 0 when all is well, 78 for what the operator has to mend, 69 for what does not answer.

    Example: nhacviec doctor
    """

    async def work() -> int:
        from nhacviec.cli.checkup import examine

        now = moment(at, "Asia/Ho_Chi_Minh") if at else None
        findings = [finding async for finding in examine(current_settings, now)]
        if as_json:
            tell_json(
                {
                    "ok": all(finding.ok for finding in findings),
                    "checks": [
                        {"name": f.name, "ok": f.ok, "said": f.said, "mend": f.mend} for f in findings
                    ],
                }
            )
        else:
            for finding in findings:
                mark = "ok  " if finding.ok else "BAD "
                tell(
                    f"{mark}  {finding.name:12} {finding.said}{f' — {finding.mend}' if finding.mend else ''}"
                )
        bad = [finding for finding in findings if not finding.ok]
        if any(not finding.unreachable for finding in bad):
            return MISCONFIGURED
        return UNREACHABLE if bad else DONE

    run(work)


def status(at: At = "", as_json: AsJson = False) -> None:
    """Is it alive, when did it last do what, what is stuck.

    JSON keys: at; alive (a tick ended in the last 90 seconds); last_tick; last_sent; messages (all letters by
    state); waiting_since (the oldest moment not attended to); stuck (what endangers letters or waits for a
    human, in words); findings (kind, gravity red, ask or tell, count, oldest, said, mend); workers (id, pid,
    alive, started_at, last_beat, letters under way); queue (owed, oldest, under_way, held); holds (kind, at,
    text); server (unreachable_since, text; null while it answers); planned_until; log_bytes (beside SQLite).

    Example: nhacviec status --json
    """

    async def work() -> None:
        async with service(at) as opened:
            watched = await opened.watch(counting=True)
        if as_json:
            tell_json(status_document(watched, opened.zone))
        else:
            for line in _screen(watched, opened.zone):
                tell(line)

    run(work)


def healthcheck(at: At = "", as_json: AsJson = False) -> None:
    """For monitors: exit 0 when ticks end, no letter is in danger and none waits for a human; else 1.

    Example: nhacviec healthcheck
    """

    async def work() -> int:
        async with service(at) as opened:
            watched = await opened.watch()
        said = "; ".join(found.said for found in watched.grave) or "ok"
        if as_json:
            tell_json({"ok": watched.well, "said": said})
        else:
            tell(said)
        return DONE if watched.well else FAILED

    run(work)


def _screen(watched: "Watched", zone: ZoneInfo) -> Iterator[str]:
    """How it is, for a person at a terminal."""
    seen = watched.seen
    queue = f"{seen.owed.many} owed{_since(seen.owed.oldest, zone)}"
    under_way = sum(owner.letters for owner in seen.owners)
    yield _row("now", _when(seen.at, zone))
    yield _row("alive", "yes" if watched.alive else "no")
    yield _row("last tick", _when(seen.last_tick, zone))
    yield _row("last letter", _when(seen.last_sent, zone))
    yield _row("letters", ", ".join(f"{n} {state}" for state, n in watched.messages.items() if n) or "none")
    yield _row("queue", f"{queue}, {under_way} under way, {seen.held.many} held")
    yield _row("planned until", f"{seen.planned_until or 'nothing yet'}")
    yield _row("workers", _told(watched, zone))
    if seen.server:
        yield _row("mail server", f"unreachable{_since(seen.server.at, zone)}: {seen.server.text}")
    for hold in watched.holds:
        yield _row("held", f"{hold.kind}{_since(hold.at, zone)}: {hold.text}")
    for found in watched.findings:
        mend = f" \N{EM DASH} {found.mend}" if found.mend else ""
        yield _row(found.gravity.upper(), f"{found.said}{_since(found.oldest, zone)}{mend}")


def _told(watched: "Watched", zone: ZoneInfo) -> str:
    """The workers in one line; of many, those that are dead and a few more."""
    shown = sorted(watched.workers, key=lambda each: each.alive)[:_SHOWN]
    told = [
        f"{each.worker.id} {'alive' if each.alive else 'DEAD'}, last beat {_when(each.worker.beat_at, zone)}"
        for each in shown
    ]
    more = len(watched.workers) - len(shown)
    return "; ".join([*told, *([f"{more} more"] if more else [])]) or "none"


def _row(name: str, said: str) -> str:
    return f"{name:14} {said}"


def _since(moment: datetime | None, zone: ZoneInfo) -> str:
    return f" since {_when(moment, zone)}" if moment else ""


def _when(moment: datetime | None, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M:%S}" if moment else "never"
