"""What people read: lines as they are said, changed in place, none missing, none twice."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.web.site import BEGAN, Site
from wallflower.domain.events import PartialHeard, SpeakerHeard, SpeechChanged

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.peer]


async def live(page: Page) -> None:
    await expect(page.locator(".connection")).to_have_text("Live")


async def ids(page: Page) -> list[int]:
    """The lines on screen, from top to bottom."""
    found = await page.locator(".line").evaluate_all("lines => lines.map(l => +l.dataset.id)")
    return list(found)


async def scroll_to(page: Page, top: int) -> None:
    await page.locator(".scroller").evaluate("(list, top) => { list.scrollTop = top }", top)


async def test_what_was_said_before_and_what_is_said_now(site: Site, page: Page) -> None:
    await site.stream("Hall")
    voice = await site.voice()
    await site.say("Good morning.", voice)
    await page.goto(site.url)
    await expect(page.locator(".line")).to_contain_text("Good morning.")
    await live(page)

    await site.say("<b>Where</b> are my keys?", voice)

    last = page.locator(".line").last
    await expect(last.locator(".text")).to_have_text("<b>Where</b> are my keys?")
    await expect(page.locator(".line").first).to_contain_text("Voice 1")
    await expect(page.locator(".line").first).to_contain_text("Hall")
    await expect(page.locator(".line time").first).to_have_text("12:00")
    # The screen reader hears the new line and not the old one.
    await expect(page.get_by_role("log")).to_have_text("Voice 1, Hall: <b>Where</b> are my keys?")


async def test_who_talks_now(site: Site, page: Page) -> None:
    await site.stream("Hall")
    voice = await site.voice()
    await page.goto(site.url)
    await live(page)
    now = page.locator(".transcript [aria-hidden=true] li")

    site.bus.publish(SpeechChanged("hall", True, BEGAN))
    await expect(now).to_contain_text("Someone is talking")
    site.bus.publish(SpeakerHeard("hall", voice.ref(0.9), BEGAN))
    site.bus.publish(PartialHeard("hall", "have you seen", BEGAN))
    await expect(now).to_contain_text("Voice 1 is talking")
    await expect(now.locator(".text")).to_have_text("have you seen")
    await expect(page.get_by_role("article")).to_contain_text("Voice 1 is talking")

    site.bus.publish(SpeechChanged("hall", False, BEGAN.plus(2.0)))
    await site.say("Have you seen my keys?", voice)
    await expect(now).to_have_count(0)
    await expect(page.locator(".line")).to_contain_text("Have you seen my keys?")


async def test_a_line_is_corrected_and_deleted_in_place(site: Site, page: Page) -> None:
    await site.stream("Hall")
    voice = await site.voice()
    first = await site.say("Where are my bees?", voice)
    second = await site.say("On the hook.", voice)
    await page.goto(site.url)
    await live(page)

    site.bus.publish(await site.store.lines.change(first, text="Where are my keys?"))
    await expect(page.locator(".line").first).to_contain_text("Where are my keys?")
    site.bus.publish(await site.store.lines.delete(second))
    await expect(page.locator(".line")).to_have_count(1)


async def test_a_restart_loses_no_line_and_tells_none_twice(
    site: Site, page: Page, complaints: list[str]
) -> None:
    await site.stream("Hall")
    voice = await site.voice()
    expected = [await site.say("Before.", voice)]
    await page.goto(site.url)
    await live(page)
    expected.append(await site.say("Still there.", voice))
    await expect(page.locator(".line")).to_have_count(2)

    await site.stop()
    await expect(page.locator(".connection")).to_have_text("Connection lost. Trying again…")
    await site.start()
    # Said while the page was not connected: only the journal knows of it.
    expected.append(await site.say("Unheard of.", voice, announce=False))
    await live(page)
    expected.append(await site.say("Back again.", voice))

    await expect(page.locator(".line")).to_have_count(4)
    assert await ids(page) == expected
    complaints[:] = [text for text in complaints if "ERR_CONNECTION_REFUSED" not in text]
    complaints[:] = [text for text in complaints if "ERR_INCOMPLETE_CHUNKED" not in text]


async def test_reading_further_up_is_left_in_peace(site: Site, page: Page) -> None:
    await site.stream("Hall")
    voice = await site.voice()
    written = [await site.say(f"Line number {n}.", voice) for n in range(250)]
    await page.goto(site.url)
    await expect(page.locator(".line")).to_have_count(100)
    await expect(page.locator(".line").last).to_be_in_viewport()
    await live(page)

    await scroll_to(page, 200)
    await expect(page.locator(".line")).to_have_count(200)
    place = page.locator(f"[data-id='{written[160]}']")
    await place.scroll_into_view_if_needed()
    await site.say("Something new.", voice)
    await expect(page.get_by_role("button", name="1 new line")).to_be_visible()
    await expect(place).to_be_in_viewport()

    await scroll_to(page, 0)
    await expect(page.get_by_text("This is the beginning.")).to_be_attached()
    shown = await ids(page)
    assert shown == [*written, shown[-1]]

    await page.get_by_role("button", name="1 new line").click()
    await expect(page.locator(".line").last).to_be_in_viewport()
    await expect(page.locator(".line").last).to_contain_text("Something new.")
    await expect(page.get_by_role("button", name="new line")).to_have_count(0)


async def test_the_page_holds_only_so_many_lines(site: Site, page: Page) -> None:
    await site.stream("Hall")
    voice = await site.voice()
    await page.goto(site.url)
    await live(page)
    written = [await site.say(f"Line number {n}.", voice) for n in range(320)]

    await expect(page.locator(".line").last).to_contain_text("Line number 319.")
    assert await ids(page) == written[-300:]
    await scroll_to(page, 0)
    # What had to go is fetched again, without a hole.
    await expect(page.locator(".line")).to_have_count(320)
    assert await ids(page) == written


async def test_search_and_filters(site: Site, page: Page) -> None:
    await site.stream("Hall")
    await site.stream("Kitchen")
    anna, ben = await site.voice(), await site.voice()
    await site.say("The plumber comes on Tuesday.", anna)
    await site.say("Tea or coffee?", ben, stream_id="kitchen")
    await site.say("Nothing from the plumber yet.", ben)
    await page.goto(site.url)
    await live(page)
    lines = page.locator(".line")
    await expect(lines).to_have_count(3)

    search = page.get_by_role("searchbox")
    await search.fill("plum")
    await expect(lines).to_have_count(2)
    await expect(lines.first.locator("mark")).to_have_text("plumber")
    await site.say("The plumber is here!", anna)
    await expect(lines).to_have_count(3)
    await page.get_by_label("Only this voice").select_option(label="Voice 2")
    await expect(lines).to_have_count(1)
    await search.fill("nobody says this")
    await expect(page.get_by_role("heading", name="No line matches.")).to_be_visible()

    await page.get_by_role("button", name="Show everything").click()
    await expect(lines).to_have_count(4)
    await page.get_by_label("Only this camera").select_option(label="Kitchen")
    await expect(lines).to_have_count(1)
