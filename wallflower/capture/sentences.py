"""What is wrong with a source, in one sentence for people each: what it is and what to do."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from wallflower.domain.urls import redact


class Source:
    """A URL or path in words."""

    def __init__(self, source: str, wants: str = "sound") -> None:
        """`wants` is what was to be read, in a word.

        Raises `ValueError` on a URL that `check_stream_url` would not pass.
        """
        self.wants = wants
        parts = urlsplit(source if "://" in source else "file:")
        self.scheme = parts.scheme
        self.file = parts.scheme == "file"
        self.has_password = parts.password is not None
        self.host = f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)
        self.path = redact(f"{parts.path}?{parts.query}").rstrip("?") or "/"
        if self.file:
            self.path = unquote(parts.path) or source

    @property
    def name(self) -> str:
        return self.path if self.file else f"{self.path} on {self.host}"


def refused(at: Source) -> str:
    return f"Nothing listens at {at.host}: check the port and that the camera is switched on."


def unknown(at: Source) -> str:
    return f"No host called {at.host} is known: check its name, or use its address."


def unreached(at: Source) -> str:
    return f"{at.host} cannot be reached: check its address and that it is on this network."


def silent_host(at: Source) -> str:
    return f"{at.host} does not answer: check that it is switched on and on this network."


def mute_server(at: Source) -> str:
    return (
        f"{at.host} takes the connection but does not answer as {at.scheme}: check the port, or "
        "start the camera anew."
    )


def unauthorized(at: Source) -> str:
    if at.has_password:
        return f"{at.host} refuses the user name or password in the URL: correct them."
    return (
        f"{at.host} wants a user name and password: write them into the URL, as in "
        f"{at.scheme}://user:password@host/path."
    )


def no_path(at: Source) -> str:
    if at.file:
        return f"There is no file {at.path}."
    return f"{at.host} knows no stream {at.path}: check the path in the URL."


def busy(at: Source) -> str:
    return f"{at.host} answers with an error of its own; it may have too many viewers already."


def certificate(at: Source) -> str:
    return f"The TLS certificate of {at.host} is not trusted: use {at.scheme.rstrip('s')}://."


def no_tls(at: Source) -> str:
    return f"{at.host} does not speak TLS there: use {at.scheme.rstrip('s')}:// or another port."


def no_audio(at: Source) -> str:
    if at.file:
        return f"{at.name} has no sound."
    return (
        f"{at.name} has no sound: switch the microphone on in the camera's settings, or choose "
        "another of its streams."
    )


def no_picture(at: Source) -> str:
    if at.file:
        return f"{at.name} has no picture."
    return f"{at.name} has no picture: it is a microphone, or its video is switched off."


def no_media(at: Source) -> str:
    return f"{at.name} is not media that FFmpeg can read."


def unreadable(at: Source) -> str:
    return f"{at.path} cannot be read: it is a folder, or its permissions forbid it."


def no_decoder(at: Source) -> str:
    choose = "AAC or G.711" if at.wants == "sound" else "H.264"
    return f"The {at.wants} of {at.name} is in a form this FFmpeg cannot decode; choose {choose}."
