"""``audit``: whether the history still says what was written into it."""

from typing import Annotated

import typer

from nhacviec.cli.shell import DONE, FAILED, AsJson, current_settings, run, tell, tell_json

app = typer.Typer(help="The history of occurrences: verify.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keep the name of the only command."""


@app.command("verify")
def verify(
    noted: Annotated[
        str,
        typer.Option("--noted", metavar="EVENTS:DIGEST", help="As an earlier verify printed it."),
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Say whether the history is what was written into it; exit 1 where an event was touched.

    Prints how many events there are and the digest of the last one. Note both where whoever can write to the
    database cannot: the history written anew as a whole would hold, but not go through what was noted.

    Example: nhacviec audit verify
    """

    async def work() -> int:
        from nhacviec.application.audit_trail import VerifyTrail
        from nhacviec.bootstrap import database_of
        from nhacviec.domain.chain import noted as read_note

        note = read_note(noted) if noted else None
        database = database_of(current_settings())
        try:
            found = await VerifyTrail(work=database)(note)
        finally:
            await database.close()
        broken = found.broken and {
            "event": found.broken.event,
            "reason": found.broken.why,
            "said": found.said,
        }
        if as_json:
            reached = found.reached
            document = {"holds": broken is None, "events": reached.events, "digest": reached.digest}
            tell_json(document | {"broken": broken})
        else:
            tell(
                f"the history does not hold: {found.said}"
                if broken
                else f"the history holds: {found.reached}"
            )
        return FAILED if broken else DONE

    run(work)
