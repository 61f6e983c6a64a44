"""Letters written by a process beside us: the same letters, and what happens when that process dies."""

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from nhacviec.adapters.mime import serialise
from nhacviec.adapters.templating import JinjaComposer
from nhacviec.adapters.vocabulary import load_vocabulary
from nhacviec.adapters.workshop import frames
from nhacviec.adapters.workshop.beside import MANY, Workshop
from nhacviec.adapters.workshop.child import TOGETHER
from nhacviec.adapters.workshop.tools import Tools, Written
from nhacviec.domain.errors import RuleError, TemplateError
from nhacviec.domain.letter import Envelope, Letter, LetterKind
from nhacviec.resources import shipped
from tests.letters.samples import a_letter, an_envelope

#: Seconds after which what a test waits for will not come.
PATIENCE = 60
#: It goes on for hours, in the words of a template; and it needs a gigabyte.
ENDLESS = "{% for a in 'a' * 99999 %}{% for b in 'b' * 99999 %}{% endfor %}{% endfor %}"
HUGE = "{{ 'a' * 1000000000 }}"


def tools(folder: Path) -> Tools:
    return Tools(folder=folder, vocabulary=load_vocabulary, composer=JinjaComposer, serialise=serialise)


@asynccontextmanager
async def a_workshop(folder: Path) -> AsyncIterator[Workshop]:
    shop = Workshop(pen=tools(folder).pen(), tools=tools(folder))
    try:
        async with asyncio.timeout(PATIENCE):
            yield shop
    finally:
        await shop.close()


@asynccontextmanager
async def busy(folder: Path) -> AsyncIterator[Workshop]:
    """One that has had so many letters that a process has been started."""
    async with a_workshop(folder) as shop:
        await asyncio.gather(*(shop(*post(n)) for n in range(MANY + 1)))
        assert shop._starting is not None
        await shop._starting
        assert shop._child is not None
        yield shop


def post(number: int, kind: LetterKind = LetterKind.REMINDER) -> tuple[Letter, Envelope]:
    """A letter to somebody of a number."""
    letter = replace(a_letter(kind), recipient_name=f"Bí thư số {number}")
    return letter, replace(an_envelope(), message_id=f"<{number}@x.example>")


def with_template(folder: Path, body: str) -> Path:
    """The shipped templates, but for the reminder, which has another body."""
    shutil.copytree(shipped("templates"), folder / "templates")
    (folder / "templates" / "mail" / "reminder" / "vi" / "body.txt").write_text(body, encoding="utf-8")
    return folder / "templates"


async def written(shop: Workshop, *posts: tuple[Letter, Envelope]) -> list[Written | BaseException]:
    return await asyncio.gather(*(shop(*each) for each in posts), return_exceptions=True)


def pid(shop: Workshop) -> int:
    assert shop._child is not None
    return shop._child.process.pid


async def test_a_process_beside_us_writes_the_very_letters_that_we_would() -> None:
    here = tools(shipped("templates")).pen()
    posts = [post(n, kind) for n, kind in enumerate([*LetterKind] * 8)]
    async with busy(shipped("templates")) as shop:
        assert await written(shop, *posts) == [here(*each) for each in posts]


async def test_few_letters_start_no_process() -> None:
    async with a_workshop(shipped("templates")) as shop:
        await written(shop, *map(post, range(MANY)))

        assert (shop._starting, shop._child) == (None, None)


async def test_letters_that_take_their_time_start_none_either() -> None:
    seconds = iter(range(10_000))
    async with a_workshop(shipped("templates")) as shop:
        shop.clock = lambda: float(next(seconds))
        for n in range(MANY + 2):
            await shop(*post(n))

        assert shop._starting is None


async def test_what_cannot_be_written_is_told_as_it_would_be_here(tmp_path: Path) -> None:
    """F63: its neighbours are written."""
    folder = with_template(tmp_path, "{{ letter.no_such_field }}")
    nowhere = replace(an_envelope(), recipient_email="nowhere")
    shop = Workshop(pen=tools(shipped("templates")).pen(), tools=tools(folder))
    async with asyncio.timeout(PATIENCE):
        await written(shop, *map(post, range(MANY + 1)))
        assert shop._starting is not None
        await shop._starting
        bad, wrong, good = await written(
            shop, post(1), (post(2, LetterKind.PACE)[0], nowhere), post(3, LetterKind.PACE)
        )
    await shop.close()

    with pytest.raises(TemplateError) as here:
        tools(folder).pen()(*post(1))
    assert isinstance(bad, TemplateError)
    assert (bad.template, bad.problem) == (here.value.template, here.value.problem)
    assert isinstance(wrong, RuleError)
    assert "'nowhere' is no e-mail address" in wrong.problem
    assert isinstance(good, tuple)


@pytest.mark.parametrize("body", [ENDLESS, HUGE])
async def test_a_template_bomb_stops_its_own_letter_only(tmp_path: Path, body: str) -> None:
    """S09: too much time or memory ends the process that writes, not the one that sends."""
    shop = Workshop(pen=tools(shipped("templates")).pen(), tools=tools(with_template(tmp_path, body)))
    async with asyncio.timeout(PATIENCE):
        await written(shop, *map(post, range(MANY + 1)))
        assert shop._starting is not None
        await shop._starting
        before, bomb, after = await written(shop, post(1, LetterKind.PACE), post(2), post(3, LetterKind.PACE))
        later = await written(shop, post(4, LetterKind.PACE))
    await shop.close()

    assert isinstance(bomb, TemplateError)
    assert "memory" in bomb.problem
    assert all(isinstance(each, tuple) for each in (before, after, *later))


async def test_a_process_that_is_killed_over_letters_loses_none() -> None:
    """F09: the machine ends it for want of memory; every letter is written all the same, once."""
    async with busy(shipped("templates")) as shop:
        first, posts = pid(shop), [post(n) for n in range(200)]
        os.kill(first, signal.SIGSTOP)
        waiting = asyncio.create_task(written(shop, *posts))
        await asyncio.sleep(0)
        os.kill(first, signal.SIGKILL)

        assert await waiting == [shop.pen(*each) for each in posts]
        assert pid(shop) != first


async def test_a_process_that_has_gone_while_nobody_asked_is_followed_by_another() -> None:
    async with busy(shipped("templates")) as shop:
        first = shop._child
        assert first is not None
        os.kill(first.process.pid, signal.SIGKILL)
        await first.process.wait()
        posts = [post(n) for n in range(MANY + 10)]

        assert await written(shop, *posts) == [shop.pen(*each) for each in posts]


async def test_a_process_that_says_nothing_any_more_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nhacviec.adapters.workshop.child.PATIENCE", 3.0)
    async with busy(shipped("templates")) as shop:
        os.kill(pid(shop), signal.SIGSTOP)

        (letter,) = await written(shop, post(1))

        assert letter == shop.pen(*post(1))


async def test_where_no_process_can_be_had_letters_are_written_here() -> None:
    pen = tools(shipped("templates")).pen()
    shop = Workshop(pen=pen, tools=tools(Path("/nowhere")))
    async with asyncio.timeout(PATIENCE):
        await written(shop, *map(post, range(MANY + 1)))
        assert shop._starting is not None
        await shop._starting

        assert await written(shop, post(1)) == [pen(*post(1))]
        assert shop._child is None


async def test_the_process_ends_with_us_and_signals_are_ours_alone() -> None:
    """F04: who stops the sender stops it alone; at the end nothing is left."""
    async with busy(shipped("templates")) as shop:
        child = shop._child
        assert child is not None
        for number in (signal.SIGINT, signal.SIGTERM):
            os.kill(child.process.pid, number)
        assert isinstance((await written(shop, post(1)))[0], tuple)
        assert child.process.stdin is not None
        child.process.stdin.close()

        assert await child.process.wait() == 0


async def test_closing_while_a_process_starts_leaves_none() -> None:
    async with a_workshop(shipped("templates")) as shop:
        await written(shop, *map(post, range(MANY + 1)))
        await asyncio.sleep(0)
        await shop.close()

        assert (shop._child, shop._starting) == (None, None)


async def test_the_process_is_the_first_to_go_and_knows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """F09, S67: the machine may have its memory; the settings are not its business."""
    monkeypatch.setenv("NHACVIEC_SMTP_URL", "smtp://canary:secret@127.0.0.1")
    async with busy(shipped("templates")) as shop:
        home = Path("/proc") / str(pid(shop))

        assert (home / "oom_score_adj").read_text(encoding="ascii").strip() == "500"
        assert b"canary" not in (home / "environ").read_bytes()


async def test_an_answer_that_nobody_asked_for_ends_the_process() -> None:
    async with busy(shipped("templates")) as shop:
        child = shop._child
        assert child is not None
        child.data_received(frames.answer(("Xin chào", b"x")))

        assert await written(shop, post(1)) == [shop.pen(*post(1))]
        assert shop._child is not child


async def test_of_letters_answered_together_none_suffers_for_the_deadly_one(tmp_path: Path) -> None:
    """S09: whichever place it has among those that are answered at once."""
    kinds = [LetterKind.PACE] * 5 + [LetterKind.REMINDER] + [LetterKind.PACE] * (2 * TOGETHER)
    shop = Workshop(pen=tools(shipped("templates")).pen(), tools=tools(with_template(tmp_path, ENDLESS)))
    async with asyncio.timeout(PATIENCE):
        await written(shop, *map(post, range(MANY + 1)))
        assert shop._starting is not None
        await shop._starting
        letters = await written(shop, *(post(n, kind) for n, kind in enumerate(kinds)))
    await shop.close()

    assert [type(letter) for letter in letters] == [
        TemplateError if kind is LetterKind.REMINDER else tuple for kind in kinds
    ]
