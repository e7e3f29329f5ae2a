from __future__ import annotations

from itertools import pairwise

import pytest

from wallflower.capture.argv import decode_argv, listen_argv, probe_argv


def options(argv: list[str]) -> dict[str, str]:
    """Option → what follows it."""
    return {word: after for word, after in pairwise(argv) if word.startswith("-")}


@pytest.mark.parametrize("scheme", ["rtsp", "rtsps"])
def test_a_camera_is_asked_for_its_sound_alone_over_tcp(scheme: str) -> None:
    said = options(listen_argv("ffmpeg", f"{scheme}://10.0.0.7/hall", stall_s=10))
    assert said["-rtsp_transport"] == "tcp"
    assert said["-allowed_media_types"] == "audio"
    assert said["-i"] == f"{scheme}://10.0.0.7/hall"


@pytest.mark.parametrize(
    ("url", "option"),
    [("rtsp://h/x", "-timeout"), ("rtmp://h/x", "-rw_timeout"), ("https://h/x", "-rw_timeout")],
)
def test_ffmpeg_gives_up_later_than_we_do(url: str, option: str) -> None:
    assert int(options(listen_argv("ffmpeg", url, stall_s=10))[option]) > 10e6


@pytest.mark.parametrize("url", ["rtsp://h/x", "http://h/x", "file:///x.mkv"])
def test_it_never_reads_our_terminal_and_writes_our_pcm(url: str) -> None:
    for argv in (
        listen_argv("/opt/ffmpeg", url, stall_s=10),
        decode_argv("/opt/ffmpeg", url, stall_s=10),
    ):
        assert argv[0] == "/opt/ffmpeg"
        assert "-nostdin" in argv
        said = options(argv)
        assert (said["-ar"], said["-ac"], said["-f"]) == ("16000", "1", "s16le")
        assert argv[-1] == "pipe:1"


@pytest.mark.parametrize(
    ("url", "trusted"),
    [("rtsp://h/x", True), ("rtmp://h/x", True), ("http://h/x.ts", False), ("file:///x", False)],
)
def test_holes_are_filled_where_packets_are_stamped(url: str, trusted: bool) -> None:
    said = options(listen_argv("ffmpeg", url, stall_s=10))
    assert ("async=1" in said["-af"]) is trusted
    # Padding the start would push live sound into the past.
    assert "first_pts" not in said["-af"]


@pytest.mark.parametrize(
    ("url", "loops"),
    [("file:///a.mkv", False), ("file:///a.mkv?loop=1", True), ("file:///a.mkv?loop=0", False)],
)
def test_a_live_file_is_paced_and_may_loop(url: str, loops: bool) -> None:
    argv = listen_argv("ffmpeg", url, stall_s=10)
    assert "-re" in argv
    assert ("-stream_loop" in argv) is loops
    assert options(argv)["-i"] == "file:/a.mkv"


@pytest.mark.parametrize(
    ("source", "given"),
    [
        ("-rf.mkv", "file:-rf.mkv"),
        ("10:30 talk.wav", "file:10:30 talk.wav"),
        ("100%20.wav", "file:100%20.wav"),
        ("file:///my%20talk.wav", "file:/my talk.wav"),
        ("https://h/talk.wav", "https://h/talk.wav"),
    ],
)
def test_a_path_is_taken_as_it_is(source: str, given: str) -> None:
    argv = decode_argv("ffmpeg", source, stall_s=10)
    assert options(argv)["-i"] == given
    assert "-re" not in argv


def test_a_probe_asks_for_the_picture_too() -> None:
    argv = probe_argv("ffmpeg", "rtsp://h/x", timeout_s=10)
    assert "-allowed_media_types" not in argv
    assert argv[-2:] == ["-i", "rtsp://h/x"]
