from __future__ import annotations

from wallflower.asr.whisperlive.servers.slots import Slots


def test_without_a_limit_there_is_always_a_place() -> None:
    slots = Slots(None)
    for _ in range(100):
        assert slots.free
        slots.take()
    assert slots.limit is None


def test_a_configured_limit_holds() -> None:
    slots = Slots(2)
    slots.take()
    slots.take()
    assert not slots.free
    slots.give_back()
    assert slots.free


def test_a_refused_place_tells_how_many_there_are() -> None:
    slots = Slots(None)
    for _ in range(4):
        slots.take()
    slots.refused()
    slots.give_back()
    assert slots.limit == 3
    assert not slots.free
    slots.give_back()
    assert slots.free


def test_others_may_have_them_all() -> None:
    slots = Slots(8)
    slots.take()
    slots.refused()
    slots.give_back()
    assert slots.limit == 0
    assert not slots.free
    slots.ask_again()
    assert slots.limit == 8
