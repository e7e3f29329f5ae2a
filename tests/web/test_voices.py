"""Naming a voice: in the list, by its name in a line, and what is said when it may not be."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.web.site import Site

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.peer]


async def test_naming_a_voice_changes_all_its_lines(site: Site, page: Page) -> None:
    await site.stream("Hall")
    voice, other = await site.voice(), await site.voice()
    for speaker in (voice, other, voice):
        await site.say("Hello.", speaker)
    await page.goto(site.url)

    await page.locator(".line").get_by_role("button", name="Voice 1").first.click()
    dialog = page.get_by_role("dialog", name="Who is Voice 1?")
    field = dialog.get_by_role("textbox")
    await expect(field).to_be_focused()
    await field.fill("Anna")
    await field.press("Enter")

    await expect(dialog).to_have_count(0)
    named = page.locator(".line").get_by_role("button", name="Anna")
    await expect(named).to_have_count(2)
    await expect(named.first).to_be_focused()
    await expect(page.locator(".voices")).to_contain_text("Anna")
    assert (await site.store.voices.get(voice.id)).known


async def test_a_voice_never_heard_before_joins_the_list(site: Site, page: Page) -> None:
    await site.stream("Hall")
    await page.goto(site.url)
    await expect(page.locator(".connection")).to_have_text("Live")
    await expect(page.locator(".voices")).to_contain_text("Nobody has spoken yet.")

    await site.say("Hello.", await site.voice())

    row = page.locator(".voices").get_by_role("listitem")
    await expect(row).to_contain_text("Voice 1")
    await expect(row.get_by_role("button", name="Name Voice 1")).to_be_visible()


async def test_a_name_given_elsewhere_appears(site: Site, page: Page) -> None:
    await site.stream("Hall")
    voice = await site.voice()
    await site.say("Hello.", voice)
    await page.goto(site.url)
    await expect(page.locator(".connection")).to_have_text("Live")

    site.bus.publish(await site.store.voices.rename(voice.id, "Anna"))

    await expect(page.locator(".line")).to_contain_text("Anna")
    await expect(page.locator(".voices")).to_contain_text("Anna")


async def test_a_name_in_use_is_refused_at_the_field(
    site: Site, page: Page, complaints: list[str]
) -> None:
    await site.stream("Hall")
    voice, other = await site.voice(), await site.voice()
    await site.store.voices.rename(other.id, "Ben")
    await site.say("Hello.", voice)
    await page.goto(site.url)

    row = page.locator(".voices li").filter(has_text="Voice 1")
    await row.get_by_role("button").click()
    field = page.locator(".voices").get_by_role("textbox")
    await field.fill("ben")
    await field.press("Enter")

    alert = page.locator(".voices").get_by_role("alert")
    await expect(alert).to_contain_text("choose another name")
    await expect(field).to_be_focused()
    await expect(field).to_have_attribute("aria-invalid", "true")
    await field.press("Escape")
    await expect(field).to_have_count(0)
    assert not (await site.store.voices.get(voice.id)).known
    assert [text for text in complaints if "409" in text] == complaints
    complaints.clear()
