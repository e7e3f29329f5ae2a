from __future__ import annotations

from wallflower.store import Store


async def test_a_value_is_what_was_set_last(store: Store) -> None:
    assert await store.values.get("house.listening") is None
    await store.values.set("house.listening", "on")
    await store.values.set("house.listening", "off")
    await store.values.set("mqtt.cursor", "17")
    assert await store.values.get("house.listening") == "off"
    assert await store.values.get("mqtt.cursor") == "17"
