"""DELIVERY §2.12: a database that is not where it was sends nothing until a human has adopted it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from nhacviec.adapters.database.adopting import place_of, take_as_sent
from nhacviec.adapters.database.engine import Database, open_database
from nhacviec.application.adoption import (
    HELD_BACK,
    TAKEN_AS_SENT,
    Adopt,
    Choice,
    Place,
    Whereabouts,
    locate,
    settle_in,
)
from nhacviec.application.holds import Hold, HoldKind, holds, put
from nhacviec.domain.delivery import MessageState, Outcome
from tests.contracts.samples import (
    NOW,
    a_reminder,
    a_slot,
    claimed,
    intended,
    letters,
    must_claim,
    promised,
    settled,
    stored,
)

HERE = Place(machine="m1", where="/var/lib/nhacviec", file="7")
HOUR = timedelta(hours=1)


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    postgresql = request.param == "postgresql"
    url = request.getfixturevalue("postgresql_url") if postgresql else f"sqlite:///{tmp_path}/nhacviec.db"
    opened = open_database(str(url), durable=False)
    await opened.upgrade()
    yield opened
    await opened.close()


async def owed(database: Database, *addresses: str, at: datetime = NOW) -> None:
    """Letters to these addresses wait."""
    (occurrence, *_) = await stored(database)
    for address in addresses:
        await promised(database, a_reminder(occurrence, a_slot(address, at=at)))


async def sent(database: Database) -> None:
    claim = await must_claim(database)
    await settled(database, claim, MessageState.SENT, Outcome.ACCEPTED)


async def standing(database: Database) -> list[Hold]:
    async with database.read() as transaction:
        return list(await holds(transaction))


async def states(database: Database) -> dict[str, str]:
    return {letter.recipient.email: letter.state for letter in await letters(database)}


def adopt(database: Database, prepared: list[datetime] | None = None) -> Adopt:
    async def prepare(now: datetime) -> None:
        (prepared if prepared is not None else []).append(now)

    return Adopt(work=database, place=HERE, prepare=prepare, taken_as_sent=partial(take_as_sent, database))


@pytest.mark.parametrize(
    ("bound", "tried", "found"),
    [
        (None, True, Whereabouts.UNBOUND),
        (HERE, True, Whereabouts.HOME),
        (replace(HERE, machine="m2"), False, Whereabouts.ELSEWHERE),
        (replace(HERE, where="/srv", file="8"), True, Whereabouts.ELSEWHERE),
        (replace(HERE, where="/srv", file="8"), False, Whereabouts.MOVED),
        (replace(HERE, where="/srv"), True, Whereabouts.HOME),  # the same file under another path
        (replace(HERE, file="8"), True, Whereabouts.HOME),  # restored to its path
        (replace(HERE, machine=""), True, Whereabouts.HOME),  # a bare container has no name
        (replace(HERE, machine="", where="/srv", file="8"), True, Whereabouts.ELSEWHERE),
    ],
)
def test_where_a_database_is_follows_from_machine_path_and_file(
    bound: Place | None, tried: bool, found: Whereabouts
) -> None:
    assert locate(bound, HERE, tried=tried) is found


def test_two_databases_of_one_server_are_two_places() -> None:
    server = Place(machine="", where="cluster/1")

    assert locate(replace(server, where="cluster/2"), server, tried=True) is Whereabouts.ELSEWHERE


async def test_a_database_is_bound_to_the_place_where_it_is_opened_first(database: Database) -> None:
    first = await settle_in(database, HERE, NOW)
    await owed(database, "a@example.vn")
    await sent(database)
    again = await settle_in(database, HERE, NOW)

    assert (first, again) == (Whereabouts.UNBOUND, Whereabouts.HOME)
    assert await standing(database) == []


async def test_on_another_machine_it_is_held(database: Database) -> None:
    """F61: the disk of a machine was cloned, or put back as it was, elsewhere."""
    await settle_in(database, HERE, NOW)
    found = await settle_in(database, replace(HERE, machine="m2"), NOW + HOUR)
    await settle_in(database, replace(HERE, machine="m2"), NOW + 2 * HOUR)
    (hold,) = await standing(database)

    assert found is Whereabouts.ELSEWHERE
    assert (hold.kind, hold.at) == (HoldKind.COPIED, NOW + HOUR)
    assert "nhacviec db adopt" in hold.text


async def test_a_copy_beside_it_is_held_once_something_was_sent(database: Database) -> None:
    elsewhere = replace(HERE, where="/srv", file="8")
    await settle_in(database, HERE, NOW)
    await owed(database, "a@example.vn")
    before = await settle_in(database, elsewhere, NOW)
    await sent(database)
    after = await settle_in(database, HERE, NOW)

    assert (before, after) == (Whereabouts.MOVED, Whereabouts.ELSEWHERE)
    assert [hold.kind for hold in await standing(database)] == [HoldKind.COPIED]


async def test_a_real_database_knows_its_place(database: Database) -> None:
    here = await place_of(database, "m1")
    again = await place_of(database, "m1")
    other = await place_of(database, "m2")

    assert here == again
    # whatever machine asks a server for its database, it is at home there
    assert (here == other) == (database.file is None)


async def test_where_nothing_is_in_doubt_an_adoption_asks_nothing(database: Database) -> None:
    await settle_in(database, replace(HERE, machine="m2"), NOW)
    await settle_in(database, HERE, NOW)
    adoption = await adopt(database)(NOW, None)
    found = await settle_in(database, HERE, NOW)

    assert adoption.adopted
    assert [hold.kind for hold in adoption.lifted] == [HoldKind.COPIED]
    assert (found, await standing(database)) == (Whereabouts.HOME, [])


async def restored(database: Database) -> None:
    """One letter was due before the backup was put back, one is afterwards; a human holds the queue too."""
    await owed(database, "before@example.vn", at=NOW - HOUR)
    await owed(database, "after@example.vn", at=NOW + HOUR)
    async with database.write() as transaction:
        await put(transaction, HoldKind.RESTORED, "a backup", NOW)
        await put(transaction, HoldKind.OPERATOR, "held by hand", NOW)


async def test_nothing_happens_to_letters_in_doubt_before_a_human_has_chosen(database: Database) -> None:
    await restored(database)
    prepared: list[datetime] = []
    adoption = await adopt(database, prepared)(NOW + 2 * HOUR, None)

    assert not adoption.adopted
    assert [letter.recipient.email for letter in adoption.doubtful] == ["before@example.vn"]
    assert prepared == [NOW + 2 * HOUR]
    assert len(await standing(database)) == 2
    assert set((await states(database)).values()) == {"pending"}


@pytest.mark.parametrize(
    ("choice", "state", "held", "reply"),
    [
        (Choice.RESEND, "pending", "", ""),
        (Choice.MARK_SENT, "sent", "", TAKEN_AS_SENT),
        (Choice.HOLD_BACK, "pending", HELD_BACK, ""),
    ],
)
async def test_letters_in_doubt_become_what_was_chosen_and_no_other_does(
    database: Database, choice: Choice, state: str, held: str, reply: str
) -> None:
    await restored(database)
    adoption = await adopt(database)(NOW + 2 * HOUR, choice)
    before, after = sorted(await letters(database), key=lambda letter: letter.slot_at)

    assert (adoption.adopted, adoption.choice) == (True, choice)
    assert (before.state, before.held, before.last_reply) == (state, held, reply)
    assert (after.state, after.held) == ("pending", "")
    assert [hold.kind for hold in await standing(database)] == [HoldKind.OPERATOR]


async def test_what_was_under_way_when_the_backup_was_made_is_in_doubt_as_well(database: Database) -> None:
    await owed(database, "claimed@example.vn", "dot@example.vn", "waits@example.vn")
    assert await claimed(database)
    claim = await must_claim(database)
    assert await intended(database, claim)
    async with database.write() as transaction:
        await put(transaction, HoldKind.RESTORED, "a backup", NOW)
    doubtful = await adopt(database).doubtful(NOW)
    (ambiguous,) = [letter for letter in doubtful if letter.id == claim.message.id]

    assert len(doubtful) == 3
    assert ambiguous.ambiguous == 1


async def test_an_adoption_that_nobody_needs_changes_nothing(database: Database) -> None:
    await owed(database, "a@example.vn")
    adoption = await adopt(database)(NOW, Choice.MARK_SENT)

    assert (adoption.adopted, list(adoption.lifted), list(adoption.doubtful)) == (True, [], [])
    assert await states(database) == {"a@example.vn": "pending"}
