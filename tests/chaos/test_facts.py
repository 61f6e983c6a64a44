"""Facts that change while a letter is on its way, and letters that cannot be written at all."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from nhacviec.adapters.clock import SystemClock
from tests.chaos import dump
from tests.chaos.conftest import Make, World
from tests.chaos.load import DUTY, ZONE, catalogue
from tests.chaos.nemesis import WAITS, until

UNIT = "cb-0000"


def decide(world: World, *arguments: str) -> None:
    """Decide about the one occurrence there is."""
    ((period,),) = world.rows("SELECT period FROM occurrence")
    verb, *rest = arguments
    assert world.zygote.run("occurrence", verb, DUTY, UNIT, period, *rest) == 0, world.zygote.log


def test_what_was_done_before_the_claim_is_not_asked_for(world: World) -> None:
    """F64: reported between the gathering and the claim: superseded, and nothing goes."""
    world.load.happen()
    world.load.gather()
    assert world.states == {"pending": 1}
    decide(world, "report")
    world.drain()

    lines = world.rows("SELECT line, state FROM message WHERE line = 'main'")
    assert lines == [("main", "superseded")]
    assert not [copy for copy in world.sink.accepted if copy.message_id in main_ids(world)]


def test_what_was_done_after_a_letter_was_put_off_is_not_asked_for_either(world: World) -> None:
    """F64: written once and put off by the server, then reported: looked at again, and superseded (P4)."""
    world.load.happen()
    world.sink.mode(script=["451 4.3.0 later"])
    world.zygote.run("tick", waits=WAITS)
    assert world.outcomes() == ["deferred"]
    decide(world, "report")
    world.drain()

    assert world.rows("SELECT state FROM message WHERE line = 'main'") == [("superseded",)]
    assert not [copy for copy in world.sink.accepted if copy.message_id in main_ids(world)]


def main_ids(world: World) -> set[str]:
    return {one for (one,) in world.rows("SELECT message_id FROM message WHERE line = 'main'")}


def test_a_letter_that_may_have_arrived_goes_again_as_it_was(world: World, tmp_path: Path) -> None:
    """F64: the unit gets another name between two attempts: the second copy has the bytes of the first."""
    world.load.happen()
    world.sink.mode(script=["drop_acc"])
    code = world.zygote.run("tick", waits=WAITS)
    assert code in (0, 3, 69), world.zygote.log
    assert world.outcomes() == ["ambiguous"]
    renamed = catalogue(1)
    renamed["units"][0]["name"] = "Chi bộ đã đổi tên"
    renamed["duties"][0]["title"] = "Việc đã đổi tên {period}"
    (tmp_path / "renamed.yaml").write_text(json.dumps(renamed, ensure_ascii=False))
    assert world.zygote.run("catalogue", "apply", str(tmp_path / "renamed.yaml"), "--yes") == 0

    world.drain()
    assert len(world.sink.accepted) == 2
    assert len({copy.sha256 for copy in world.sink.accepted}) == 1
    world.kept()


def test_a_letter_that_cannot_be_written_stops_itself_and_not_its_neighbours(make_world: Make) -> None:
    """F63: one letter is addressed in a language that nobody has words for."""
    world = make_world(8)
    world.load.happen()
    world.load.gather()
    with dump.connected(world.url) as connection:
        connection.execute("UPDATE message SET language = 'xx' WHERE email = 'bt0003@example.vn'")
        connection.commit()
    world.drain()

    assert world.states == {"sent": 7, "dead": 1}
    assert world.rows("SELECT email FROM message WHERE state = 'dead'") == [("bt0003@example.vn",)]
    world.kept()


@pytest.mark.parametrize("engine", ["sqlite"])
def test_an_extension_while_a_letter_is_on_its_way_lets_that_one_through_and_no_other(world: World) -> None:
    """F70: extended while the server thinks: that letter went; what follows is about the new date."""
    world.load.happen()
    world.sink.mode(script=["hold"])
    pid = world.zygote.fork(waits=WAITS)
    world.sink.wait(holding=1)
    assert set(world.states) == {"transmitting"}
    later = SystemClock().now().astimezone(ZONE).date() + timedelta(days=20)
    decide(world, "extend", "--to", later.isoformat())
    world.sink.free()
    until(lambda: set(world.states) == {"sent"}, world.zygote)
    world.zygote.kill(pid)

    said = world.rows("SELECT revision, count(*) FROM reminder WHERE verdict = 'send' GROUP BY revision")
    assert dict(said)[0] == 1
    assert len([copy for copy in world.sink.accepted if copy.message_id in main_ids(world)]) == 1
    world.kept()
