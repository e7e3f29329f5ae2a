"""The page and its files, and nothing else of this machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.api.served import Served, running
from tests.api.test_server import connected
from wallflower.api.page import read_file


@pytest.fixture
def page(tmp_path: Path) -> Path:
    folder = tmp_path / "page"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>Wallflower</title>")
    (folder / "assets/index-BMXe.js").write_text("export {}")
    (folder / "flower.svg").write_text("<svg/>")
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    return folder


async def test_the_page_and_its_files(tmp_path: Path, page: Path) -> None:
    async with running(tmp_path, page_folder=page) as served:
        index = await served.client.get("/")
        assert index.status_code == 200
        assert index.headers["content-type"] == "text/html; charset=utf-8"
        assert index.headers["cache-control"] == "no-cache"
        assert "<title>Wallflower" in index.text
        script = await served.client.get("/assets/index-BMXe.js")
        assert script.headers["content-type"].startswith("text/javascript")
        assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
        icon = await served.client.get("/flower.svg")
        assert icon.headers["content-type"] == "image/svg+xml"
        assert icon.headers["cache-control"] == "no-cache"
        for path in ("/nothing.js", "/assets/nothing.js", "/assets", "/assets/", "/link.txt"):
            answer = await served.client.get(path)
            assert answer.status_code == 404, path
            assert answer.json()["code"] == "not_found"


async def test_a_page_that_was_not_built_says_how(tmp_path: Path) -> None:
    async with running(tmp_path, page_folder=tmp_path / "none") as served:
        answer = await served.client.get("/")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    assert "npm run build" in answer.text


@pytest.mark.parametrize(
    "name",
    ["../secret.txt", "assets/../../secret.txt", "/etc/passwd", "link.txt", "assets", "", "\0"],
)
def test_nothing_outside_is_read(page: Path, name: str) -> None:
    assert read_file(page, name) is None


async def test_no_address_leads_outside(tmp_path: Path, page: Path) -> None:
    async with running(tmp_path, page_folder=page) as served:
        for path in (
            "/../secret.txt",
            "/..%2fsecret.txt",
            "/%2e%2e/secret.txt",
            "/assets/..%2f..%2fsecret.txt",
            "/assets/../../secret.txt",
            "//etc/passwd",
            "/assets//etc/passwd",
            "/assets/%2fetc/passwd",
            "/..\\secret.txt",
            "/%00",
        ):
            # A raw socket: clients tidy such addresses up before they send them.
            request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
            async with connected(served, request.encode()) as (reader, _):
                assert (await reader.readline()).startswith(b"HTTP/1.1 404"), path
                assert b"secret" not in (await reader.read()).replace(path.encode(), b"")


async def test_an_unknown_address_is_a_problem_whatever_the_method(served: Served) -> None:
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        for path in ("/api/nothing", "/api/streams/", "/api//streams", "/apinothing/x"):
            answer = await served.client.request(method, path)
            assert answer.status_code == 404, (method, path)
            assert answer.headers["content-type"] == "application/problem+json"
