"""``doctor``, ``status`` and ``healthcheck``: is everything as it should be?"""

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

    Example: nhacviec status --json
    """

    async def work() -> None:
        async with service(at) as opened:
            watched = await opened.watch()
        zone = opened.zone
        document = {
            "at": watched.at.astimezone(zone),
            "alive": watched.alive,
            "last_tick": watched.last_tick and watched.last_tick.astimezone(zone),
            "messages": dict(watched.messages),
            "waiting_since": watched.waiting_since and watched.waiting_since.astimezone(zone),
            "stuck": list(watched.stuck),
        }
        if as_json:
            tell_json(document)
        else:
            for name, value in document.items():
                tell(f"{name:14} {value}")

    run(work)


def healthcheck(at: At = "", as_json: AsJson = False) -> None:
    """For monitors: exit 0 when a tick ended lately and nothing is stuck, else 1.

    Example: nhacviec healthcheck
    """

    async def work() -> int:
        async with service(at) as opened:
            watched = await opened.watch()
        well = watched.alive and not watched.stuck
        said = "ok" if well else "; ".join(watched.stuck) or "no tick lately"
        if as_json:
            tell_json({"ok": well, "said": said})
        else:
            tell(said)
        return DONE if well else FAILED

    run(work)
