"""The page fits from a small phone to a wide screen, under a prefix, and asks nobody else."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, Page, Request, Route, expect

from tests.web.site import Site

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.peer]

STICKING_OUT = """() => [...document.querySelectorAll('body *')]
  .filter(each => each.getBoundingClientRect().right > innerWidth + 0.5)
  .map(each => each.outerHTML.slice(0, 80))"""

PREFIX = "http://127.0.0.1:9/api/hassio_ingress/token/"


@pytest.mark.parametrize("width", [360, 768, 1280, 1600])
async def test_nothing_sticks_out(site: Site, page: Page, width: int) -> None:
    await site.stream("The conservatory behind the old stables, second door on the left")
    long_word = "Donaudampfschifffahrtsgesellschaftskapitänswitwenrente" * 2
    await site.say(f"She spoke of the {long_word}.", await site.voice())
    await page.set_viewport_size({"width": width, "height": 740})
    await page.goto(site.url)
    await expect(page.locator(".line")).to_have_count(1)
    for view in ("transcript", "cameras", "voices"):
        await page.evaluate("view => { location.hash = view }", view)
        await expect(page.locator(f"[data-view={view}]")).to_be_attached()
        assert await page.evaluate(STICKING_OUT) == []


async def test_one_view_at_a_time_on_a_phone(site: Site, page: Page) -> None:
    await site.stream("Hall")
    await page.set_viewport_size({"width": 360, "height": 740})
    await page.goto(site.url)
    await expect(page.get_by_role("searchbox")).to_be_visible()
    await page.get_by_role("link", name="Cameras").click()
    await expect(page.get_by_role("article", name="Hall")).to_be_visible()
    await expect(page.get_by_role("searchbox")).to_be_hidden()
    await page.go_back()
    await expect(page.get_by_role("searchbox")).to_be_visible()


@pytest_asyncio.fixture(loop_scope="session")
async def asked(context: BrowserContext) -> AsyncIterator[list[str]]:
    """Every address the page asks for."""
    addresses: list[str] = []

    def note(request: Request) -> None:
        addresses.append(request.url)

    context.on("request", note)
    yield addresses
    context.remove_listener("request", note)


async def test_every_request_stays_under_the_prefix(
    site: Site, page: Page, asked: list[str], complaints: list[str]
) -> None:
    await site.stream("Hall")
    await site.say("Hello.", await site.voice())

    async def forward(route: Route) -> None:
        """As Home Assistant's ingress does: the prefix is cut off."""
        path = route.request.url.removeprefix(PREFIX)
        if path == "api/events":
            await route.abort()
            return
        async with httpx.AsyncClient(base_url=site.url, timeout=60) as client:
            answer = await client.request(
                route.request.method,
                path,
                content=route.request.post_data_buffer,
                headers={"Content-Type": "application/json"},
            )
        await route.fulfill(
            status=answer.status_code,
            body=answer.content,
            headers={"Content-Type": answer.headers["Content-Type"]},
        )

    await page.route(f"{PREFIX}**", forward)
    await page.goto(PREFIX)
    await expect(page.get_by_role("heading", name="Wallflower")).to_be_visible()
    await expect(page.locator(".connection")).to_contain_text("Trying again")
    assert f"{PREFIX}api/events" in asked
    assert [address for address in asked if not address.startswith(PREFIX)] == []
    await page.goto("about:blank")  # it would go on trying, and complaining
    complaints[:] = [text for text in complaints if "ERR_FAILED" not in text]
