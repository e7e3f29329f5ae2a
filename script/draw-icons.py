#!/usr/bin/env python3
"""Draw icon.png and logo.png, which Home Assistant shows, from the page's flower.

.venv/bin/python script/draw-icons.py; needs Chromium and the font URW Gothic.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
FLOWER = (ROOT / "web/public/flower.svg").read_text(encoding="utf-8")
ICON = f"<style>svg {{ display: block; width: 128px; height: 128px }}</style>{FLOWER}"
# The colour of the name can be read on Home Assistant's light and on its dark cards.
LOGO = f"""
<style>
  body {{ display: flex; align-items: center; width: 250px; height: 100px; color: #c9621c;
         font: 600 32px "URW Gothic"; letter-spacing: -0.5px }}
  svg {{ flex: none; width: 66px; height: 66px; margin: 0 4px 0 0 }}
</style>{FLOWER}Wallflower"""


def main() -> int:
    chromium = shutil.which("chromium")
    if chromium is None:
        print("Chromium is not installed: apt-get install chromium", file=sys.stderr)
        return 1
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name, body, width, height in (("icon", ICON, 128, 128), ("logo", LOGO, 250, 100)):
            page = browser.new_page(viewport={"width": width, "height": height})
            page.set_content(f"<style>body {{ margin: 0 }}</style>{body}")
            page.screenshot(path=ROOT / f"{name}.png", omit_background=True)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
