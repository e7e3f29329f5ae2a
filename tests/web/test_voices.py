"""What people decide about voices: in the list, and at a line."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Locator, Page, Route, expect

from tests.web.conftest import PATIENCE_MS
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

    await site.people.rename(voice.id, "Anna")

    await expect(page.locator(".line")).to_contain_text("Anna")
    await expect(page.locator(".voices")).to_contain_text("Anna")


async def test_a_name_in_use_is_refused_at_the_field(
    site: Site, page: Page, complaints: list[str]
) -> None:
    await site.stream("Hall")
    voice, other = await site.voice(), await site.voice()
    await site.people.rename(other.id, "Ben")
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


NEXT_FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
"""What has arrived is on screen then."""


async def live(site: Site, page: Page) -> None:
    await page.goto(site.url)
    await expect(page.locator(".connection")).to_have_text("Live")


async def more(page: Page, name: str) -> Locator:
    """What can be done about a voice."""
    row = page.locator(".voices li").filter(has_text=name)
    await row.get_by_label(f"More for {name}").click()
    return row


async def speakers(page: Page) -> list[str]:
    """Whose the lines on screen are, where that is said."""
    return await page.locator(".line .who > :first-child").all_inner_texts()


async def test_two_voices_are_one_and_two_again(site: Site, page: Page) -> None:
    await site.stream("Hall")
    anna, other = await site.voice(), await site.voice()
    await site.people.rename(anna.id, "Anna")
    await site.say("Hello.", anna)
    await site.say("Hello again.", other)
    await live(site, page)

    # Said of the person: the name stays whichever way round it was said.
    row = await more(page, "Anna")
    await row.get_by_role("button", name="Same as…").click()
    dialog = page.get_by_role("dialog", name="Who is Anna really?")
    confirm = dialog.get_by_role("button", name="They are one")
    await expect(confirm).to_be_disabled()
    await dialog.get_by_role("radio", name="Voice 2").check()
    await expect(dialog).to_contain_text("All lines of Voice 2 become Anna's")
    await confirm.click()

    await expect(dialog).to_have_count(0)
    toast = page.get_by_role("status").filter(has_text="merged")
    await expect(toast).to_contain_text("Anna")
    await expect(page.locator(".voices li")).to_have_count(1)
    assert await speakers(page) == ["Anna"]  # one heading for both lines

    await toast.get_by_role("button", name="Undo").click()
    await expect(toast).to_have_count(0)
    await expect(page.locator(".voices li")).to_have_count(2)
    await expect(page.locator(".line .who")).to_have_count(2)
    assert await speakers(page) == ["Anna", "Voice 2"]


async def test_what_cannot_be_taken_back_any_more_says_why(
    site: Site, page: Page, complaints: list[str]
) -> None:
    await site.stream("Hall")
    voice, other = await site.voice(), await site.voice()
    await site.say("Hello.", voice)
    await site.say("Hello.", other)
    await live(site, page)
    await page.get_by_role("button", name="Name Voice 1").click()
    await page.locator(".voices").get_by_role("textbox").fill("Anna")
    await page.keyboard.press("Enter")
    toast = page.locator(".toast")
    await expect(toast).to_contain_text("Anna")

    await site.people.forget(voice.id)
    await toast.get_by_role("button", name="Undo").click()

    await expect(toast.locator(".error")).not_to_be_empty()
    await toast.get_by_role("button", name="Dismiss").click()
    await expect(toast).to_have_count(0)
    complaints[:] = [text for text in complaints if "40" not in text]


async def test_forgetting_warns_first(site: Site, page: Page) -> None:
    await site.stream("Hall")
    voice, other = await site.voice(), await site.voice()
    await site.people.rename(voice.id, "Anna")
    await site.say("Hello.", voice)
    await site.say("Good morning.", other)
    await live(site, page)
    row = await more(page, "Anna")

    await row.get_by_role("button", name="Forget").click()
    dialog = page.get_by_role("dialog", name="Forget Anna?")
    await expect(dialog).to_contain_text("This cannot be undone.")
    await expect(dialog.get_by_role("button", name="Keep")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(dialog).to_have_count(0)
    assert await speakers(page) == ["Anna", "Voice 2"]

    await row.get_by_role("button", name="Forget").click()
    await dialog.get_by_role("button", name="Forget").click()
    await expect(page.locator(".voices li")).to_have_count(1)
    await expect(page.locator(".line").first).to_contain_text("Someone")
    await expect(page.locator(".line").first).to_contain_text("Hello.")


async def test_the_lines_of_one_voice(site: Site, page: Page) -> None:
    await site.stream("Hall")
    anna, other = await site.voice(), await site.voice()
    for voice, text in ((anna, "One."), (other, "Two."), (anna, "Three.")):
        await site.say(text, voice)
    await page.set_viewport_size({"width": 390, "height": 780})
    await live(site, page)
    await page.get_by_role("searchbox").fill("two")
    await expect(page.locator(".line")).to_have_count(1)

    await page.get_by_role("link", name="Voices").click()
    await (await more(page, "Voice 1")).get_by_role("button", name="Show lines").click()

    await expect(page.locator(".line .text")).to_have_text(["One.", "Three."])
    await expect(page.get_by_label("Only this voice")).to_have_value(str(anna.id))
    await expect(page.get_by_role("searchbox")).to_have_value("")
    # What is shown follows the voice into another one.
    await site.people.merge([anna.id], other.id)
    await expect(page.locator(".line")).to_have_count(3)
    await expect(page.get_by_label("Only this voice")).to_have_value(str(other.id))


async def test_a_line_of_somebody_else_by_keyboard_alone(site: Site, page: Page) -> None:
    await site.stream("Hall")
    anna, ben = await site.voice(), await site.voice()
    await site.people.rename(anna.id, "Anna")
    await site.people.rename(ben.id, "Ben")
    await site.say("Where are my keys?", anna)
    await site.say("On the hook.", anna)
    await live(site, page)

    await page.locator(".line").last.get_by_label("Who said this? On the hook.").focus()
    await page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Who said this?")
    await expect(dialog).to_contain_text("On the hook.")
    await expect(dialog.get_by_role("radio", name="Anna")).to_be_checked()
    await dialog.get_by_role("radio", name="Anna").focus()
    while not await dialog.get_by_role("radio", name="Ben").is_checked():
        await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")

    await expect(page.locator(".line").last).to_contain_text("Ben")
    assert await speakers(page) == ["Anna", "Ben"]
    await expect(page.locator(".toast")).to_be_visible()


async def test_a_line_of_somebody_new(site: Site, page: Page) -> None:
    await site.stream("Hall")
    anna = await site.voice()
    await site.say("Hello.", anna)
    await site.say("Good evening, it is me.", anna)
    await live(site, page)

    await page.locator(".line").last.hover()
    await page.get_by_label("Who said this? Good evening, it is me.").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("radio", name="Somebody new").check()
    await dialog.get_by_role("button", name="Save").click()

    await expect(page.locator(".line").last).to_contain_text("Voice 2")
    await expect(page.locator(".voices li")).to_have_count(2)


async def test_a_guess_is_shown_as_one_and_can_be_confirmed(site: Site, page: Page) -> None:
    await site.stream("Hall")
    anna = await site.voice()
    await site.people.rename(anna.id, "Anna")
    await site.say("Hello.", await site.store.voices.get(anna.id), sure=False)
    await live(site, page)
    line = page.locator(".line")

    await line.get_by_role("button", name="probably Anna: who said this?").click()
    await page.get_by_role("dialog").get_by_role("button", name="Save").click()

    await expect(line.get_by_role("button", name="Anna: name this voice")).to_be_visible()
    await expect(line).not_to_contain_text("probably")
    await site.say("And me?", await site.store.voices.get(anna.id), sure=False)
    await expect(page.get_by_role("log")).to_contain_text("probably Anna, Hall: And me?")


@pytest.mark.parametrize("address", ["**/api/speakers", "**/api/transcripts/search"])
async def test_an_answer_older_than_what_was_told_does_not_win(
    site: Site, page: Page, address: str
) -> None:
    await site.stream("Hall")
    voice = await site.voice()
    await site.say("Hello.", voice)
    asked, told, again, seen = (asyncio.Event() for _ in range(4))

    async def late(route: Route) -> None:
        """The first answer is made now, and comes once the page was told of what came after it.

        What the page asks after that is not answered before the page was looked at: nothing may
        put right in a moment what the late answer did.
        """
        first = not asked.is_set()
        answer = await route.fetch()
        if first:
            asked.set()
            await told.wait()
        elif told.is_set():
            again.set()
            await seen.wait()
        await route.fulfill(response=answer)

    await page.route(address, late)
    await page.goto(site.url)
    await asked.wait()
    await site.people.rename(voice.id, "Anna")
    # The event stream is in order: that this was told shows that the name was.
    await site.house.set_listening(None, False)
    await expect(page.get_by_role("switch", name="Listen in the whole house")).not_to_be_checked()
    await expect(page.locator(".voices")).to_contain_text("Anna")
    told.set()
    try:
        if "speakers" in address:
            # The page has looked at the late answer, and asks once more.
            await asyncio.wait_for(again.wait(), PATIENCE_MS / 1000)
        await expect(page.locator(".line")).to_have_count(1)
        await page.evaluate(NEXT_FRAMES)
        await expect(page.locator(".voices")).to_contain_text("Anna")
        await expect(page.locator(".line")).to_contain_text("Anna")
    finally:
        seen.set()
