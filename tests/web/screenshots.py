"""Pictures of the page for the documentation; `script/screenshots` runs it.

A staged house, or the Wallflower whose URL is given, seen in Chromium: light and dark, wide and
on a phone.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright, expect

from tests.support.scene import SCENE
from tests.web.site import BEGAN, FLAGS, GAP_S, Site
from wallflower.capture import find_ffmpeg, snapshot
from wallflower.domain.events import (
    KeywordHeard,
    PartialHeard,
    SilenceChanged,
    SpeakerHeard,
    SpeechChanged,
)
from wallflower.domain.streams import StreamHealth, StreamState
from wallflower.runtime.clock import SystemClock
from wallflower.store import LineQuery

IMAGES = Path(__file__).parents[2] / "docs/images"

AWAY = "10.0.0.9 does not answer; check that the camera is switched on and on this network."

GUESS = "?"
"""After a name: it is only probably theirs."""

TALK = (
    ("hall", "Anna", "Is that the plumber? He said between nine and ten."),
    ("hall", "Ben", "I think it is. The van is outside."),
    ("hall", "Anna", "Let him in, please, and show him the tap in the kitchen."),
    ("kitchen", "Voice 3", "Good morning. Where does it drip?"),
    ("kitchen", "Ben", "Under the sink, on the left. It began on Tuesday."),
    ("kitchen", "Ben", "We put a bowl there, but it fills up in about an hour."),
    (
        "kitchen",
        "Voice 3",
        (
            "That is only the washer. Ten minutes, and I'll have a look at the trap while I'm down "
            "here, because these older ones tend to go soon after."
        ),
    ),
    ("hall", "Anna?", "Ben, have you seen my keys?"),
    ("kitchen", "Ben", "On the hook behind the door, where they never are."),
)


async def stage(site: Site) -> None:
    """Three cameras, one of them away; a morning's talk of three people, one without a name."""
    await site.stream("Hall")
    await site.stream("Kitchen", host="10.0.0.8")
    gate = await site.stream("Garden gate", host="10.0.0.9")
    site.house.report(StreamHealth(gate, StreamState.RETRYING, AWAY, "stream_unreachable"))
    names = ("Anna", "Ben", None)
    voices = [await site.voice() for _ in names]
    for voice, name in zip(voices, names, strict=True):
        if name is not None:
            await site.people.rename(voice.id, name)
    by_name = {voice.name: voice for voice in await site.store.voices.everyone()}
    for stream_id, name, text in TALK:
        voice = by_name[name.removesuffix(GUESS)]
        await site.say(text, voice, stream_id=stream_id, sure=not name.endswith(GUESS))


async def a_keyword_is_said(site: Site, page: Page) -> None:
    """It was "the trap"; in the hall nobody has spoken for long, and somebody looks there."""
    lines = (await site.store.lines.page(LineQuery(text="trap", limit=1))).items
    (line,) = lines
    said = KeywordHeard(
        "kitchen", "the trap", False, line.text, line.speaker, 0.9, line.id, line.end
    )
    site.bus.publish(said)
    site.bus.publish(SilenceChanged("hall", True, 120.0, line.end))
    site.house.picture = await snapshot(
        SCENE.as_uri(), ffmpeg=await asyncio.to_thread(find_ffmpeg), clock=SystemClock(), width=720
    )
    hall = page.get_by_role("article", name="Hall")
    await hall.get_by_role("button", name="Look").click()
    await expect(hall.get_by_role("img")).to_be_visible()
    await expect(page.get_by_text("“the trap” in Kitchen")).to_be_visible()


async def somebody_talks(site: Site) -> None:
    voices = {voice.name: voice for voice in await site.store.voices.everyone()}
    now = BEGAN.plus(GAP_S * len(TALK))
    site.bus.publish(SpeechChanged("kitchen", True, now))
    site.bus.publish(SpeakerHeard("kitchen", voices["Voice 3"].ref(0.9), now))
    site.bus.publish(PartialHeard("kitchen", "And could you hold the lamp a little", now))


async def visit(
    browser: Browser, url: str, *, size: tuple[int, int], dark: bool, staged: bool
) -> Page:
    page = await browser.new_page(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if dark else "light",
        device_scale_factor=1 if size[0] > 1000 else 1.5,
        locale="en-GB",
        timezone_id="Europe/London",
        reduced_motion="reduce",
    )
    if staged:
        await page.clock.set_fixed_time(BEGAN.plus(GAP_S * len(TALK) + 5.0).iso())
    await page.goto(url)
    await expect(page.locator(".connection")).to_have_text("Live")
    return page


async def shoot(url: str, site: Site | None) -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    staged = site is not None
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=FLAGS
        )
        for name, size, dark in (
            ("page-light", (1280, 800), False),
            ("page-dark", (1280, 800), True),
            ("page-phone", (390, 780), False),
        ):
            page = await visit(browser, url, size=size, dark=dark, staged=staged)
            if site is not None:
                await somebody_talks(site)
                await expect(page.get_by_text("hold the lamp")).to_be_visible()
            await page.screenshot(path=IMAGES / f"{name}.png")
            await page.close()
        if site is not None:
            page = await visit(browser, url, size=(1280, 800), dark=False, staged=staged)
            await a_keyword_is_said(site, page)
            await page.screenshot(path=IMAGES / "page-alert.png")
            await page.close()
        page = await visit(browser, url, size=(390, 780), dark=True, staged=staged)
        await page.get_by_role("link", name="Cameras").click()
        await page.screenshot(path=IMAGES / "page-phone-cameras.png")
        await browser.close()


async def main(url: str | None) -> None:
    if url is not None:
        await shoot(url, None)
        return
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder))
        await site.start()
        try:
            await stage(site)
            await shoot(site.url, site)
        finally:
            await site.stop()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else None))
