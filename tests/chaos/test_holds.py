"""While the queue is held nothing goes, whatever is due; when it is let go, everything does."""

from tests.chaos.conftest import Make


def test_a_held_queue_keeps_its_letters_until_it_is_released(make_world: Make) -> None:
    world = make_world(3)
    world.load.happen()
    assert world.zygote.run("message", "hold", "--note", "waiting for the office") == 0
    assert world.zygote.run("tick", waits=0.0) == 0, world.zygote.log
    assert (world.states, world.sink.accepted) == ({"pending": 3}, [])

    assert world.zygote.run("message", "release") == 0
    world.drain()
    assert len(world.sink.accepted) == 3
    world.kept()
