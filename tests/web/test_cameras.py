"""Cameras: added with a test of their address, muted, renamed, removed; their state in words."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Page, Route, expect

from tests.web.site import REFUSED, Site
from wallflower.domain.events import HealthChanged
from wallflower.domain.streams import StreamHealth, StreamState
from wallflower.runtime.health import HealthState

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.peer]


async def test_adding_the_first_camera(site: Site, page: Page, complaints: list[str]) -> None:
    await page.goto(site.url)
    await expect(page.get_by_role("heading", name="Nothing is listening yet.")).to_be_visible()
    await page.locator(".empty").get_by_role("button", name="Add a camera").click()
    dialog = page.get_by_role("dialog", name="Add a camera")
    await expect(dialog.get_by_label("Name")).to_be_focused()
    await dialog.get_by_label("Name").fill("Hall")
    address = dialog.get_by_label("Address")
    test = dialog.get_by_role("button", name="Test")

    await address.fill("camera in the hall")
    await test.click()
    await expect(dialog.get_by_role("alert")).to_contain_text("The stream URL must look like")
    await expect(address).to_be_focused()

    await address.fill("rtsp://admin:wrong@10.0.0.9/live")
    await test.click()
    await expect(dialog).to_contain_text(REFUSED)

    await address.fill("rtsp://admin:secret@10.0.0.7/live")
    await expect(dialog).not_to_contain_text(REFUSED)
    await test.click()
    await expect(dialog).to_contain_text("This camera can be heard.")
    await expect(dialog).to_contain_text("Sound: aac, 16 kHz, mono")
    await expect(dialog).to_contain_text("Picture: h264, 1920 × 1080, 25 frames/s")

    await dialog.get_by_role("button", name="Add", exact=True).click()
    await expect(dialog).to_have_count(0)
    card = page.get_by_role("article", name="Hall")
    await expect(card).to_contain_text("rtsp://***@10.0.0.7/live")
    assert [spec.url for spec in site.house.streams()] == ["rtsp://admin:secret@10.0.0.7/live"]
    assert [text for text in complaints if "422" in text] == complaints
    complaints.clear()


async def test_a_name_in_use_is_said_at_the_name(
    site: Site, page: Page, complaints: list[str]
) -> None:
    await site.stream("Hall")
    await page.goto(site.url)
    await page.get_by_role("button", name="Add a camera").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Address").fill("rtsp://10.0.0.7/live")
    await dialog.get_by_label("Name").fill("hall")
    await dialog.get_by_label("Name").press("Enter")

    await expect(dialog.get_by_role("alert")).to_contain_text("choose another name")
    await expect(dialog.get_by_label("Name")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    await expect(page.get_by_role("button", name="Add a camera")).to_be_focused()
    complaints[:] = [text for text in complaints if "409" not in text]


async def test_the_state_in_words(site: Site, page: Page) -> None:
    stream_id = await site.stream("Hall", StreamState.CONNECTING)
    await page.goto(site.url)
    card = page.get_by_role("article", name="Hall")
    await expect(card).to_contain_text("Connecting")
    await expect(page.locator(".connection")).to_have_text("Live")

    detail = "The camera at 10.0.0.7 does not answer; is it switched on?"
    site.house.report(
        StreamHealth(stream_id, StreamState.RETRYING, detail, "stream_unreachable", dropped_s=3.0)
    )
    await expect(card).to_contain_text("Trying again")
    await expect(card).to_contain_text(detail)
    await expect(card).to_contain_text("3 seconds of sound were lost")
    await card.get_by_role("button", name="Try now").click()
    await expect(card).to_contain_text("Connecting")
    site.house.report(StreamHealth(stream_id, StreamState.STREAMING))
    await expect(card).to_contain_text("Listening")


async def test_mute_stop_rename_and_remove(site: Site, page: Page) -> None:
    stream_id = await site.stream("Hall")
    await site.say("Hello.", await site.voice())
    await page.goto(site.url)
    card = page.get_by_role("article", name="Hall")

    await card.get_by_role("button", name="Mute").click()
    await expect(card.get_by_role("button", name="Unmute")).to_be_visible()
    assert not site.house.stream(stream_id).listening
    await card.get_by_label("More for Hall").click()
    await card.get_by_role("button", name="Stop").click()
    await expect(card).to_contain_text("Stopped")

    await card.get_by_role("button", name="Rename").click()
    await page.get_by_label("Name of this camera").fill("Corridor")
    await page.keyboard.press("Enter")
    card = page.get_by_role("article", name="Corridor")
    await expect(page.locator(".line")).to_contain_text("Corridor")

    await card.get_by_label("More for Corridor").click()
    await card.get_by_role("button", name="Remove").click()
    dialog = page.get_by_role("dialog", name="Remove Corridor?")
    await expect(dialog).to_contain_text("The lines that were written down stay.")
    await dialog.get_by_role("button", name="Remove").click()
    await expect(card).to_have_count(0)
    await expect(page.locator(".line")).to_contain_text("Hello.")
    assert site.house.streams() == []


async def test_the_whole_house_is_muted_here_and_elsewhere(site: Site, page: Page) -> None:
    await page.goto(site.url)
    switch = page.get_by_role("switch", name="Listen in the whole house")
    await expect(switch).to_be_checked()
    await expect(page.locator(".connection")).to_have_text("Live")

    await switch.click()
    await expect(page.get_by_text("The whole house is muted.")).to_be_visible()
    assert not site.house.listening
    await site.house.set_listening(None, True)
    await expect(switch).to_be_checked()


async def test_an_answer_older_than_an_event_changes_nothing(site: Site, page: Page) -> None:
    """The page's own switching is answered after somebody else switched back."""
    await page.goto(site.url)
    switch = page.get_by_role("switch", name="Listen in the whole house")
    await expect(page.locator(".connection")).to_have_text("Live")
    answered = asyncio.Event()

    async def overtaken(route: Route) -> None:
        if route.request.method != "PUT":
            await route.continue_()
            return
        answer = await route.fetch()
        await expect(switch).not_to_be_checked()
        await site.house.set_listening(None, True)
        await expect(switch).to_be_checked()
        await route.fulfill(response=answer)
        answered.set()

    await page.route("**/api/listening", overtaken)
    async with page.expect_response("**/api/health"):
        await switch.click()
        await answered.wait()
    await expect(switch).to_be_checked()


async def test_what_is_wrong_with_the_house(site: Site, page: Page, complaints: list[str]) -> None:
    await page.goto(site.url)
    await expect(page.locator(".connection")).to_have_text("Live")
    banner = page.get_by_label("What needs attention")
    await expect(banner).to_be_empty()

    site.health.report("broker", HealthState.DEGRADED, "The broker does not answer.")
    site.health.report("store", HealthState.FAILED, "The disk is full; make room.")
    site.bus.publish(HealthChanged("store"))
    await expect(banner).to_contain_text("The disk is full; make room. and 1 more")
    await page.reload()
    await expect(banner).to_contain_text("The disk is full; make room. and 1 more")
    assert [text for text in complaints if "503" in text] == complaints
    complaints.clear()
