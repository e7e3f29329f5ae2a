"""The page in Home Assistant's panel: in a frame, under a path that nobody knows beforehand."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Page, Request, expect

from tests.web.panel import PREFIX, SUPERVISOR, HomeAssistant
from tests.web.site import Site
from wallflower.api import ingress
from wallflower.domain.streams import StreamState

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.peer]


@pytest_asyncio.fixture(loop_scope="session")
async def home(site: Site, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[HomeAssistant]:
    monkeypatch.setattr(ingress, "SUPERVISOR", SUPERVISOR)
    home = HomeAssistant(site)
    await home.open()
    yield home
    await home.close()


async def test_the_page_lives_under_its_prefix(site: Site, home: HomeAssistant, page: Page) -> None:
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url.removeprefix(home.url))

    page.on("request", note)
    await site.stream("Hall")
    await page.goto(home.url)
    panel = page.frame_locator("iframe")
    anna = await site.voice()
    await site.say("Good evening, who is there?", anna)
    await expect(panel.get_by_text("Good evening, who is there?", exact=True)).to_be_visible()
    await site.say("It is only me.", anna)
    await expect(panel.get_by_text("It is only me.", exact=True)).to_be_visible()

    core, *ours = asked
    prefix = PREFIX.removeprefix("/")
    assert core == ""
    assert [url for url in ours if not url.startswith((f"{prefix}/", "data:"))] == []
    assert f"{prefix}/api/events" in ours


async def test_a_camera_is_added_by_an_administrator(
    site: Site, home: HomeAssistant, page: Page
) -> None:
    await page.goto(home.url)
    panel = page.frame_locator("iframe")
    await panel.locator(".empty").get_by_role("button", name="Add a camera").click()
    dialog = panel.get_by_role("dialog", name="Add a camera")
    await dialog.get_by_label("Name").fill("Hall")
    await dialog.get_by_label("Address").fill("rtsp://10.0.0.7/live")
    await dialog.get_by_role("button", name="Add", exact=True).click()
    await expect(dialog).to_have_count(0)
    assert [spec.name for spec in site.house.streams()] == ["Hall"]


async def test_others_see_what_they_may(site: Site, home: HomeAssistant, page: Page) -> None:
    home.user = "ben"
    await page.goto(home.url)
    panel = page.frame_locator("iframe")
    await expect(panel.get_by_text("An administrator of Home Assistant can add")).to_be_visible()
    await expect(panel.get_by_role("button", name="Add a camera")).to_have_count(0)

    await site.stream("Hall")
    await site.stream("Attic", StreamState.STOPPED)
    await site.say("Good evening.", await site.voice())
    await page.reload()
    hall = panel.get_by_role("article", name="Hall")
    await hall.get_by_text("More").click()
    assert await hall.get_by_role("button").all_inner_texts() == ["Mute", "Look", "Restart"]
    await expect(panel.get_by_role("article", name="Attic").get_by_role("button")).to_have_count(0)
    voices = panel.get_by_role("region", name="Voices")
    await voices.get_by_text("More").click()
    assert await voices.get_by_role("button").all_inner_texts() == ["Name", "Show lines"]

    await hall.get_by_role("button", name="Mute").click()
    await expect(hall.get_by_role("button", name="Unmute")).to_be_visible()
    assert not site.house.stream("hall").listening


async def test_who_lost_the_rights_meanwhile_is_told_so(
    site: Site, home: HomeAssistant, page: Page, complaints: list[str]
) -> None:
    await page.goto(home.url)
    panel = page.frame_locator("iframe")
    await panel.locator(".empty").get_by_role("button", name="Add a camera").click()
    dialog = panel.get_by_role("dialog", name="Add a camera")
    home.admins.clear()
    await dialog.get_by_label("Name").fill("Hall")
    await dialog.get_by_label("Address").fill("rtsp://10.0.0.7/live")
    await dialog.get_by_role("button", name="Add", exact=True).click()
    await expect(dialog).to_contain_text("Only administrators of Home Assistant may do this")
    assert not site.house.streams()
    assert [text for text in complaints if "403" in text] == complaints
    complaints.clear()
