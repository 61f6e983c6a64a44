"""``tick`` and ``run``: the service once, and for ever."""

from typing import TYPE_CHECKING, Annotated

import typer

from nhacviec.cli.shell import DONE, SOME_FAILED, UNREACHABLE, AsJson, At, run, say, service, tell, tell_json

if TYPE_CHECKING:
    from nhacviec.application.tick import Ticked


def tick(at: At = "", as_json: AsJson = False) -> None:
    """Plan, gather and dispatch once, as of --at, until nothing is left; then exit.

    Example: nhacviec tick --at 2017-06-05T07:30+07:00 --json
    """

    async def work() -> int:
        async with service(at) as opened:
            ticked = await opened.tick(opened.clock.now())
            document = ticked_document(ticked, opened.zone)
        if as_json:
            tell_json(document)
        else:
            tell(_told(ticked))
        return _code(ticked)

    run(work, sends=True)


def ticked_document(ticked: "Ticked", zone: object) -> dict[str, object]:
    """The JSON of a tick (DESIGN §5)."""
    prepared, dispatched = ticked.prepared, ticked.dispatched
    gathered = prepared.gathered
    return {
        "at": prepared.at.astimezone(zone),  # type: ignore[arg-type]
        "planned": {"occurrences": prepared.planned, "seconds": round(prepared.planned_seconds, 3)},
        "gathered": {
            "reminders": {str(verdict): n for verdict, n in sorted(gathered.reminders.items())},
            "messages": gathered.messages,
            "seconds": round(prepared.gathered_seconds, 3),
        },
        "dispatched": {
            **{str(state): n for state, n in sorted(dispatched.states.items())},
            "seconds": round(ticked.dispatched_seconds, 3),
        },
    }


def _told(ticked: "Ticked") -> str:
    sent = ", ".join(f"{n} {state}" for state, n in sorted(ticked.dispatched.states.items())) or "nothing due"
    planned, gathered = ticked.prepared.planned, ticked.prepared.gathered.messages
    return f"planned {planned} occurrences; gathered {gathered} letters; {sent}"


def _code(ticked: "Ticked") -> int:
    if ticked.dispatched.unreachable:
        say(f"nhacviec: mail server unreachable: {ticked.dispatched.unreachable}; letters are kept")
        return UNREACHABLE
    dead = sum(n for state, n in ticked.dispatched.states.items() if state in ("dead", "uncertain"))
    return SOME_FAILED if dead else DONE


def run_daemon(
    role: Annotated[str, typer.Option("--role", help="all, worker or web.")] = "all",
) -> None:
    """Run as a daemon: the rhythm, until SIGTERM.

    Example: nhacviec run --role worker
    """
    if role not in ("all", "worker", "web"):
        raise typer.BadParameter("--role is all, worker or web")
    if role == "web":
        say("nhacviec: this version has no console yet: use --role all or worker")
        raise typer.Exit(2)
    from nhacviec.cli.shell import current_settings
    from nhacviec.daemon.serving import run_service
    from nhacviec.logs import start_logging

    settings = current_settings()
    start_logging(settings.log_format)

    async def work() -> int:
        return await run_service(settings)

    run(work, sends=True)
