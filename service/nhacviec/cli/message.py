"""``message`` and ``send-test``: the outbox, and whether a letter gets through at all."""

import sys
from typing import Annotated

import typer

from nhacviec.cli.shell import AsJson, AsLines, At, Note, among, run, service, tell, tell_json, tell_lines
from nhacviec.cli.views import delivery_document, message_document
from nhacviec.domain.delivery import MessageState

app = typer.Typer(help="The outbox: list, show, retry, hold, release.", no_args_is_help=True)

Number = Annotated[int, typer.Argument(metavar="ID", min=1, help="As message list shows it.")]


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


def _handle(handling: str, number: int, at: str, note: str, as_json: bool) -> None:
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
def hold(number: Number, note: Note = "", at: At = "", as_json: AsJson = False) -> None:
    """Keep a letter from going until it is released.

    Example: nhacviec message hold 12 --note "chờ ý kiến"
    """
    _handle("hold", number, at, note, as_json)


@app.command("release")
def release(number: Number, at: At = "", as_json: AsJson = False) -> None:
    """Let a held letter go.

    Example: nhacviec message release 12
    """
    _handle("release", number, at, "", as_json)


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
