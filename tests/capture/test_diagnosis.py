"""FFmpeg's recorded words against our sentences, for both generations of FFmpeg."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from wallflower.capture.diagnosis import KEPT_COMPLAINTS, Evidence
from wallflower.domain.errors import (
    CaptureError,
    NoAudio,
    NoSuchStream,
    Stalled,
    StreamEnded,
    Unauthorized,
    Unreachable,
    UnsupportedSource,
)

VERSIONS = ("5.1", "9.0")


@dataclass
class Record:
    source: str
    status: int
    heard: bool
    lines: list[str]

    def evidence(self) -> Evidence:
        evidence = Evidence(self.source)
        for line in self.lines:
            evidence.hear(line)
        return evidence


def records(version: str) -> dict[str, Record]:
    """`recorded/ffmpeg-<version>.txt`: sections of name, source, exit status, stderr."""
    text = (Path(__file__).parent / "recorded" / f"ffmpeg-{version}.txt").read_text()
    found = {}
    for section in text.split("=== ")[1:]:
        name, source, ending, *lines = section.splitlines()
        status, heard = ending.split()
        found[name] = Record(source, int(status), heard == "heard", [one.strip() for one in lines])
    return found


RECORDS = {version: records(version) for version in VERSIONS}

EXPECTED: dict[str, tuple[type[CaptureError], str]] = {
    "refused": (Unreachable, "Nothing listens at 127.0.0.1:1"),
    "rtmp_refused": (Unreachable, "Nothing listens at 127.0.0.1:1"),
    "host_down": (Unreachable, "does not answer: check that it is switched on"),
    "name_unknown": (Unreachable, "No host called no-such-host.invalid"),
    "mute": (Unreachable, "takes the connection but does not answer as rtsp"),
    "hangs_up": (Unreachable, "takes the connection but does not answer as rtsp"),
    "not_rtsp": (Unreachable, "takes the connection but does not answer as rtsp"),
    "http_busy": (Unreachable, "too many viewers"),
    "no_password": (Unauthorized, "write them into the URL, as in rtsp://user:password@host/path"),
    "wrong_password": (Unauthorized, "refuses the user name or password"),
    "http_unauthorized": (Unauthorized, "wants a user name and password"),
    "no_path": (NoSuchStream, "knows no stream /none"),
    "http_missing": (NoSuchStream, "knows no stream /none"),
    "file_missing": (NoSuchStream, "There is no file missing.mkv."),
    "live_file_missing": (NoSuchStream, "There is no file /missing/hall.mkv."),
    "video_only": (NoAudio, "/silent on 127.0.0.1"),
    "http_no_audio": (NoAudio, "switch the microphone on"),
    "file_no_audio": (NoAudio, "silent.mkv has no sound."),
    "no_tls": (UnsupportedSource, "use rtsp:// or another port"),
    "http_no_media": (UnsupportedSource, "not media that FFmpeg can read"),
    "file_no_media": (UnsupportedSource, "notes.txt is not media"),
    "file_folder": (UnsupportedSource, "it is a folder"),
    "ended": (StreamEnded, "/short on 127.0.0.1"),
    "server_gone": (StreamEnded, "/hall on 127.0.0.1"),
    "terminated": (StreamEnded, "/hall on 127.0.0.1"),
    "killed": (StreamEnded, "signal 9"),
    "server_stopped": (Stalled, "stopped sending"),
}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", EXPECTED)
def test_every_recorded_end_has_its_error_and_sentence(name: str, version: str) -> None:
    record = RECORDS[version][name]
    error = record.evidence().ended(record.status, heard=record.heard)
    kind, words = EXPECTED[name]
    assert type(error) is kind
    assert words in str(error)
    assert str(error).endswith(".")


@pytest.mark.parametrize("version", VERSIONS)
def test_no_sentence_holds_a_password(version: str) -> None:
    record = RECORDS[version]["wrong_password"]
    assert any("wr0ng" in line for line in record.lines), "the record would prove nothing"
    evidence = record.evidence()
    for error in (evidence.ended(record.status, heard=False), evidence.stalled(5, heard=False)):
        assert "wr0ng" not in str(error)


def test_words_nobody_foresaw_are_shown_without_credentials() -> None:
    evidence = Evidence("rtsp://me:s3cret@10.0.0.7/hall?token=abc")
    evidence.hear("[in#0 @ 0x1] [error] rtsp://me:s3cret@10.0.0.7/hall?token=abc: Odd thing")
    error = evidence.ended(1, heard=False)
    assert type(error) is UnsupportedSource
    assert "Odd thing" in str(error)
    assert "s3cret" not in str(error)
    assert "abc" not in str(error)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("name", "until", "heard", "kind", "words"),
    [
        ("ended", "Starting connection", False, Unreachable, "switched on"),
        ("ended", "Successfully connected", False, Unreachable, "does not answer as rtsp"),
        ("ended", "setting jitter", False, Stalled, "has sent no sound for 5 s"),
        ("ended", "Input #0", False, Stalled, "has sent no sound for 5 s"),
        ("ended", "Input #0", True, Stalled, "has sent no sound for 5 s"),
        ("video_only", "a=ssrc", False, NoAudio, "switch the microphone on"),
    ],
)
def test_silence_is_judged_by_how_far_ffmpeg_came(
    version: str, name: str, until: str, heard: bool, kind: type[CaptureError], words: str
) -> None:
    record = RECORDS[version][name]
    last = next(number for number, line in enumerate(record.lines) if until in line)
    record = Record(record.source, 0, heard, record.lines[: last + 1])
    error = record.evidence().stalled(5.0, heard=heard)
    assert type(error) is kind
    assert words in str(error)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_change_of_format_is_noticed(version: str) -> None:
    formats = RECORDS[version]["file_rates"].evidence().formats
    assert formats == ["16000 Hz mono", "44100 Hz stereo", "8000 Hz mono"]
    assert RECORDS[version]["ended"].evidence().formats == ["16000 Hz mono"]


def test_months_of_complaints_do_not_hide_how_it_ended() -> None:
    evidence = RECORDS["5.1"]["server_stopped"].evidence()
    for _ in range(3 * KEPT_COMPLAINTS):
        evidence.hear("[rtsp @ 0x1] [warning] RTP: missed 7 packets")
    assert type(evidence.ended(0, heard=True)) is StreamEnded
    evidence.hear("[error] rtsp://10.0.0.7/hall: Connection timed out")
    assert type(evidence.ended(0, heard=True)) is Stalled


@pytest.mark.parametrize("port", [401, 404, 554])
def test_a_port_is_not_taken_for_a_status(port: int) -> None:
    evidence = Evidence(f"rtsp://10.0.0.7:{port}/404")
    refused = f"Connection to tcp://10.0.0.7:{port}?timeout=3000000 failed: Connection refused"
    evidence.hear(f"[tcp @ 0x1] [error] {refused}")
    assert type(evidence.ended(1, heard=False)) is Unreachable
