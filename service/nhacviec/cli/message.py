"""``message`` and ``send-test``: the outbox, and whether a letter gets through at all."""

import sys
from typing import Annotated, NoReturn

import typer

from nhacviec.cli.shell import (
    DONE,
    SOME_FAILED,
    AsJson,
    AsLines,
    At,
    Note,
    among,
    run,
    say,
    service,
    tell,
    tell_json,
    tell_lines,
)
from nhacviec.cli.views import delivery_document, hold_document, message_document
from nhacviec.domain.delivery import MessageState

app = typer.Typer(help="The outbox: list, show, retry, hold, release.", no_args_is_help=True)

Number = Annotated[int, typer.Argument(metavar="ID", min=1, help="As message list shows it.")]
NumberOrAll = Annotated[
    int | None,
    typer.Argument(metavar="[ID]", min=1, help="As message list shows it; left out: every letter."),
]


@app.command("list")
def list_messages(
    state: Annotated[list[str], typer.Option("--state", help="Repeat for several.")] = [],
    limit: Annotated[int | None, typer.Option("--limit", min=1)] = None,
    at: At = "",
    as_json: AsJson = False,
    as_lines: AsLines = False,
) -> None:
    """List letters by their instant; complete unless --limit.

    Example: nhacviec message list --state dead --json
    """
    among(state, MessageState, "--state")

    async def work() -> None:
        async with service(at) as opened:
            views = await opened.messages.all(frozenset(state), limit, opened.clock.now())
        documents = [message_document(view.message, view.subject, opened.zone) for view in views]
        if as_json:
            tell_json(documents)
        elif as_lines:
            tell_lines(documents)
        else:
            for view in views:
                one = view.message
                waits = f" ({one.held})" if one.held else ""
                tell(f"{one.id:6} {one.state}{waits:10} {one.recipient.email:36} {view.subject}")

    run(work)


@app.command("show")
def show(
    number: Number,
    eml: Annotated[bool, typer.Option("--eml", help="The bytes as sent.")] = False,
    at: At = "",
    as_json: AsJson = False,
) -> None:
    """Show one letter with its attempts; --eml prints the bytes as sent.

    Example: nhacviec message show 12 --eml > letter.eml
    """

    async def work() -> None:
        async with service(at) as opened:
            view = await opened.messages.one(number, opened.clock.now())
            async with opened.database.read() as transaction:
                deliveries = await transaction.outbox.deliveries(number)
        if eml:
            sys.stdout.buffer.write(view.mime or b"")
            return
        document = message_document(view.message, view.subject, opened.zone) | {
            "deliveries": [delivery_document(delivery, opened.zone) for delivery in deliveries]
        }
        if as_json:
            tell_json(document)
        else:
            for name, value in document.items():
                tell(f"{name:16} {value}")

    run(work)


def _handle(handling: str, number: int, at: str, note: str, as_json: bool) -> NoReturn:
    from nhacviec.application.messages import Handling

    async def work() -> None:
        async with service(at) as opened:
            message = await opened.messages.handle(Handling(handling), number, opened.clock.now(), note)
        if as_json:
            tell_json(message_document(message, message.subject, opened.zone))
        else:
            tell(f"message {number}: {message.state}{f' ({message.held})' if message.held else ''}")

    run(work)


@app.command("retry")
def retry(number: Number, at: At = "", as_json: AsJson = False) -> None:
    """Try a letter again at the next tick, whatever it waits for.

    Example: nhacviec message retry 12
    """
    _handle("retry", number, at, "", as_json)


@app.command("hold")
def hold(number: NumberOrAll = None, note: Note = "", at: At = "", as_json: AsJson = False) -> None:
    """Keep a letter from going until it is released; without ID, every letter.

    Example: nhacviec message hold 12 --note "chờ ý kiến"
    """
    if number is not None:
        _handle("hold", number, at, note, as_json)

    async def work() -> None:
        async with service(at) as opened:
            standing = await opened.messages.hold_all(opened.clock.now(), note)
        if as_json:
            tell_json({"held": [hold_document(one, opened.zone) for one in standing]})
        else:
            for one in standing:
                tell(f"every letter is held ({one.kind}): {one.text}")

    run(work)


@app.command("release")
def release(number: NumberOrAll = None, at: At = "", as_json: AsJson = False) -> None:
    """Let a held letter go; without ID, all that were held by message hold or by a refusing server.

    What a restored or copied database holds is lifted by db adopt only.

    Example: nhacviec message release 12
    """
    if number is not None:
        _handle("release", number, at, "", as_json)

    async def work() -> int:
        async with service(at) as opened:
            lifted, standing = await opened.messages.release_all()
        if as_json:
            documents = {"lifted": lifted, "held": standing}
            tell_json({n: [hold_document(one, opened.zone) for one in of] for n, of in documents.items()})
        else:
            for one in lifted:
                tell(f"lifted ({one.kind}): {one.text}")
            if not lifted and not standing:
                tell("nothing holds the queue")
        say(*[f"nhacviec: every letter is still held ({one.kind}): {one.text}" for one in standing])
        return SOME_FAILED if standing else DONE

    run(work)


def send_test(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="Where the test letter goes.")],
    at: At = "",
    as_json: AsJson = False,
) -> None:
    """Send one test letter and say what the mail server answered.

    Example: nhacviec send-test somebody@example.vn
    """

    async def work() -> None:
        async with service(at) as opened:
            code, text, message_id = await opened.send_test(address)
        if as_json:
            tell_json({"to": address, "reply": f"{code} {text}", "message_id": message_id})
        else:
            tell(f"{address}: {code} {text} {message_id}")

    run(work)
