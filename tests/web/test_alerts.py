"""Keywords that were said, cameras on which nobody speaks, pictures, other Wallflowers."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.web.site import BEGAN, Site
from wallflower.domain.errors import NoPicture
from wallflower.domain.events import KeywordHeard, SilenceChanged
from wallflower.domain.others import Other, Others
from wallflower.domain.streams import StreamHealth, StreamState

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.peer]


def heard(
    keyword: str, text: str, *, line_id: int | None = None, emergency: bool = False
) -> KeywordHeard:
    return KeywordHeard(
        stream_id="hall",
        keyword=keyword,
        emergency=emergency,
        text=text,
        speaker=None,
        confidence=0.9,
        line_id=line_id,
        at=BEGAN,
    )


async def live(page: Page, site: Site) -> None:
    await page.goto(site.url)
    await expect(page.locator(".connection")).to_have_text("Live")


async def test_a_keyword_is_said_and_marked_in_its_line(site: Site, page: Page) -> None:
    await site.stream("Hall")
    anna = await site.voice()
    await live(page, site)
    line = await site.say("The plumber is at the door", anna)
    site.bus.publish(heard("plumber", "The plumber is at the door", line_id=line))
    toast = page.get_by_role("status").filter(has_text="“plumber” in Hall")
    await expect(toast).to_contain_text("Someone: The plumber is at the door")
    row = page.locator(f".line[data-id='{line}']")
    await expect(row.locator("mark.keyword")).to_have_text("plumber")
    await toast.get_by_role("button", name="Dismiss “plumber”").click()
    await expect(page.get_by_text("“plumber” in Hall")).to_have_count(0)
    await expect(row.locator("mark.keyword")).to_have_text("plumber")


async def test_one_heard_before_its_line_is_marked_when_that_comes(site: Site, page: Page) -> None:
    await site.stream("Hall")
    anna = await site.voice()
    await live(page, site)
    site.bus.publish(heard("call the doctor", "Please call the doctor"))
    await expect(page.get_by_text("“call the doctor” in Hall")).to_be_visible()
    line = await site.say("Please, call the Doctor now", anna)
    other = await site.say("The doctor will call", anna)
    marks = page.locator(f".line[data-id='{line}'] mark.keyword")
    await expect(marks).to_have_text(["call", " ", "the", " ", "Doctor"])
    await expect(page.locator(f".line[data-id='{other}']")).to_be_visible()
    await expect(page.locator(f".line[data-id='{other}'] mark")).to_have_count(0)


async def test_an_emergency_interrupts_and_stays(site: Site, page: Page) -> None:
    await site.stream("Hall")
    await page.clock.install()
    await live(page, site)
    site.bus.publish(heard("plumber", "The plumber"))
    site.bus.publish(heard("help", "<b>Help!</b>", emergency=True))
    alarm = page.get_by_role("alert").filter(has_text="“help” in Hall")
    await expect(alarm).to_contain_text("<b>Help!</b>")
    await expect(page.get_by_text("“plumber” in Hall")).to_be_visible()
    await page.clock.run_for(16_000)
    await expect(page.get_by_text("“plumber” in Hall")).to_have_count(0)
    await expect(alarm).to_be_visible()


async def test_a_camera_on_which_nobody_speaks(site: Site, page: Page) -> None:
    await site.stream("Hall")
    await live(page, site)
    card = page.get_by_role("article", name="Hall")
    await expect(card).to_contain_text("Listening")
    site.bus.publish(SilenceChanged("hall", True, 120.0, BEGAN))
    await expect(card).to_contain_text("Nobody has spoken here for 2 hours.")
    site.bus.publish(SilenceChanged("hall", False, 121.0, BEGAN))
    await expect(card).not_to_contain_text("Nobody has spoken")


async def test_a_look(site: Site, page: Page, complaints: list[str]) -> None:
    await site.stream("Hall")
    await live(page, site)
    card = page.get_by_role("article", name="Hall")
    await card.get_by_role("button", name="Look").click()
    picture = card.get_by_role("img", name="What Hall sees")
    await expect(picture).to_be_visible()
    site.house.report(StreamHealth("hall", StreamState.STREAMING, restarts=1))
    assert await picture.evaluate("image => image.naturalWidth") == 1
    assert site.house.looked == [("hall", 720)]
    await card.get_by_role("button", name="Hide picture").click()
    await expect(picture).to_have_count(0)

    await card.get_by_role("button", name="Look").click()
    await expect(picture).to_be_visible()
    site.house.report(StreamHealth("hall", StreamState.MUTED))
    await expect(card).to_contain_text("Muted")
    await expect(picture).to_have_count(0)
    await expect(card.get_by_role("button", name="Look")).to_have_count(0)


async def test_no_picture_and_why(site: Site, page: Page, complaints: list[str]) -> None:
    await site.stream("Hall")
    site.house.picture = NoPicture("/live on 10.0.0.7 has no picture.")
    await live(page, site)
    card = page.get_by_role("article", name="Hall")
    await card.get_by_role("button", name="Look").click()
    await expect(card.get_by_role("alert")).to_have_text("/live on 10.0.0.7 has no picture.")
    await expect(card.get_by_role("button", name="Look")).to_be_visible()
    complaints[:] = [text for text in complaints if "503" not in text]


async def test_links_to_other_wallflowers(site: Site, page: Page) -> None:
    await live(page, site)
    links = page.get_by_role("navigation", name="Other Wallflowers here")
    await expect(links).to_have_count(0)
    site.others = Others((Other("b2", "Attic", "http://10.0.0.9:8757/", "0.1.0"),))
    await page.reload()
    link = links.get_by_role("link", name="Attic")
    await expect(link).to_have_attribute("href", "http://10.0.0.9:8757/")
    assert await link.get_attribute("target") == "_blank"


async def test_two_that_claim_to_be_one_are_both_there(site: Site, page: Page) -> None:
    cellar = Other("b2", "Cellar", "http://10.0.0.8:8757/", "0.1.0")  # of the same backup
    site.others = Others((Other("b2", "Attic", "http://10.0.0.9:8757/", "0.1.0"), cellar))
    await live(page, site)
    links = page.get_by_role("navigation", name="Other Wallflowers here").get_by_role("link")
    await expect(links).to_have_text(["Attic", "Cellar"])
