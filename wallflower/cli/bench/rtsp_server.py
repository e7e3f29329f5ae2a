"""An RTSP server on loopback that plays media files like cameras: the real peer of bench and tests.

It runs under the system's Python (`/usr/bin/python3`), where Debian's GStreamer bindings live
(`gir1.2-gst-rtsp-server-1.0`, `gir1.2-gst-plugins-base-1.0`, `python3-gi`,
`gstreamer1.0-plugins-good`, `-bad`), so it imports nothing of Wallflower. Nothing is decoded or
encoded: Matroska tracks go to payloaders as they are.

It prints one JSON object a line:
- `{"port": 40123}` once it listens;
- `{"play": "/hall", "wall": 1767225600.25}` when a client starts to play: the POSIX time at which
  the first instant of the mount's file is sent. A packet leaves when its own timestamp is due, so
  a sound at second `t` of the file leaves at `wall + t`, at most one packet's length early.

It dies with the process that started it.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import signal
import time
from pathlib import Path

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstPbutils", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstPbutils, GstRtsp, GstRtspServer  # noqa: E402

Gst.init(None)  # before any class of GstRtspServer is touched: its signals need Gst's types

PR_SET_PDEATHSIG = 1  # of Linux: the signal this process gets when its parent dies
ROLE = "viewer"
PAYLOADERS = {
    "video/x-h264": "h264parse config-interval=-1 ! rtph264pay aggregate-mode=zero-latency",
    "video/x-h265": "h265parse config-interval=-1 ! rtph265pay aggregate-mode=zero-latency",
    "audio/mpeg": "aacparse ! rtpmp4gpay",
    "audio/x-opus": "opusparse ! rtpopuspay",
    "audio/x-mulaw": "rtppcmupay",
    "audio/x-alaw": "rtppcmapay",
    "audio/x-raw": "audioconvert ! audio/x-raw,format=S16BE ! rtpL16pay",
}


def say(**facts: object) -> None:
    """One JSON line for whoever started us."""
    print(json.dumps(facts), flush=True)


def launch_line(file: Path) -> str:
    """The pipeline that sends every track of `file`, in gst-launch's words."""
    found = GstPbutils.Discoverer.new(10 * Gst.SECOND).discover_uri(file.resolve().as_uri())
    branches: list[str] = []
    for track in found.get_stream_list():
        kind = track.get_caps().get_structure(0).get_name()
        if kind not in PAYLOADERS:
            raise SystemExit(f"{file}: no way to send {kind} over RTSP is known here.")
        number = len(branches)
        # A client may set up the sound alone: "not linked" from the picture's branch must not climb
        # to the demuxer, where it would end the sound too.
        branches.append(
            "d. ! queue max-size-time=0 ! errorignore ignore-notlinked=true convert-to=ok "
            f"! {PAYLOADERS[kind]} name=pay{number} pt={96 + number}"
        )
    location = json.dumps(str(file.resolve()))
    return f"( filesrc location={location} ! matroskademux name=d {' '.join(branches)} )"


def mount(
    server: GstRtspServer.RTSPServer, path: str, file: Path, options: argparse.Namespace
) -> None:
    """Offer `file` under `path`; every client gets it from its beginning."""
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(launch_line(file))
    if options.user is not None:
        may = Gst.Structure.new_empty(ROLE)
        for right in ("media.factory.access", "media.factory.construct"):
            may.set_value(right, True)
        permissions = GstRtspServer.RTSPPermissions()
        permissions.add_role_from_structure(may)
        factory.set_permissions(permissions)
    server.get_mount_points().add_factory(path, factory)


def require_password(server: GstRtspServer.RTSPServer, options: argparse.Namespace) -> None:
    """Answer 401 to everyone who does not give the user and password of `options`."""
    auth, token = GstRtspServer.RTSPAuth(), GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", ROLE)
    if options.digest:
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        auth.add_digest(options.user, options.password, token)
    else:
        basic = GstRtspServer.RTSPAuth.make_basic(options.user, options.password)
        auth.add_basic(basic, token)
    server.set_auth(auth)


def on_play(_client: GstRtspServer.RTSPClient, context: GstRtspServer.RTSPContext) -> None:
    # The request comes before the pipeline runs, and running time counts from its base time.
    GLib.timeout_add(5, say_when_playing, context.media, context.uri.abspath)


def say_when_playing(media: GstRtspServer.RTSPMedia, path: str) -> bool:
    """Print the play line once `media` runs; True asks GLib to call again."""
    clock, base_ns = media.get_clock(), media.get_base_time()
    if media.get_status() == GstRtspServer.RTSPMediaStatus.PREPARED and not (clock and base_ns):
        return True
    if clock and base_ns:
        say(play=path, wall=time.time() - (clock.get_time() - base_ns) / Gst.SECOND)
    return False


def main() -> None:
    parser = argparse.ArgumentParser(description="Play Matroska files as RTSP cameras.")
    parser.add_argument("--port", type=int, default=0, help="0: any free port")
    parser.add_argument("--mount", action="append", metavar="/NAME=FILE", required=True)
    parser.add_argument("--user", help="ask for this user and --password")
    parser.add_argument("--password", default="")
    parser.add_argument("--digest", action="store_true", help="digest instead of basic")
    options = parser.parse_args()

    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)

    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(str(options.port))
    for line in options.mount:
        path, _, file = line.partition("=")
        mount(server, path, Path(file), options)
    if options.user is not None:
        require_password(server, options)
    server.connect("client-connected", lambda _s, client: client.connect("play-request", on_play))
    if server.attach(None) == 0:
        raise SystemExit(f"Port {options.port} cannot be listened on.")

    say(port=server.get_bound_port())
    GLib.MainLoop().run()


if __name__ == "__main__":
    main()
