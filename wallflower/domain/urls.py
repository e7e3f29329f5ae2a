"""Stream URLs: what is acceptable, and how to show one without its secrets."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from wallflower.domain.errors import BadStreamUrl

SCHEMES: Final = ("rtsp", "rtsps", "rtmp", "http", "https", "file")

# Up to the last @: people paste passwords with / or # in them as they are.
_USERINFO: Final = re.compile(r"(?P<scheme>[a-zA-Z][a-zA-Z0-9+.-]*://)[^\s'\"]*@")
_SECRET_QUERY: Final = re.compile(
    r"(?P<key>[?&](?:user|username|usr|login|pass|passwd|password|pwd|token|auth|key|secret)=)[^&\s#'\"]*",
    re.IGNORECASE,
)


def redact(text: str) -> str:
    """`text` with the credentials of every URL in it replaced by `***`.

    >>> redact("rtsp://admin:s3cret@10.0.0.7/live?token=abc failed")
    'rtsp://***@10.0.0.7/live?token=*** failed'
    """
    text = _USERINFO.sub(r"\g<scheme>***@", text)
    return _SECRET_QUERY.sub(r"\g<key>***", text)


def check_stream_url(url: str) -> None:
    """Raise `BadStreamUrl` with a sentence for people unless `url` can be a stream."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        # The reason Python gives may quote a part of the password.
        raise BadStreamUrl(
            "The stream URL cannot be read: check its host and port, and write / ? # @ and : "
            "inside a password as %2F %3F %23 %40 and %3A."
        ) from None
    if parts.scheme not in SCHEMES:
        expected = "rtsp://user:password@host:554/path"
        raise BadStreamUrl(f"The stream URL must look like {expected}; {redact(url)!r} does not.")
    if any(char.isspace() for char in url):
        raise BadStreamUrl("The stream URL contains a space; write it as %20.")
    if not url.isprintable():
        raise BadStreamUrl("The stream URL contains a control character; type it anew.")
    if parts.scheme == "file":
        if not parts.path:
            raise BadStreamUrl("The file URL names no file; write file:///folder/name.mkv.")
    elif not parts.hostname:
        raise BadStreamUrl(f"The stream URL names no host: {redact(url)!r}.")
    elif port == 0:
        raise BadStreamUrl("The stream URL has port 0; cameras usually answer on 554.")
