"""The Quart application: routes, guards and errors put together."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Final

from quart import Quart

from wallflower.api import guard, metrics, openapi, page, problems, rights, writes
from wallflower.api.corrections import corrections
from wallflower.api.enrolment import enrolment
from wallflower.api.events import events
from wallflower.api.health import health
from wallflower.api.me import me
from wallflower.api.others import others
from wallflower.api.probe import probe
from wallflower.api.services import Services, provide
from wallflower.api.snapshot import snapshot
from wallflower.api.speakers import speakers
from wallflower.api.streams import streams
from wallflower.api.transcripts import transcripts
from wallflower.api.uploads import UploadRequest

MAX_BODY_BYTES: Final = 1024 * 1024

BODY_TIMEOUT_S: Final = 5
"""How long a client may take to send a body."""


def create_app(
    services: Services, *, cors_origins: Collection[str] = (), page_folder: Path = page.PAGE
) -> Quart:
    """The API and the page over `services`.

    `cors_origins` are origins (`https://name:port`) whose pages may use the API too, and whose
    host names Wallflower answers under.
    """
    # The folders are named because looking for them would block the loop; neither is used.
    here = str(Path(__file__).parent)
    app = Quart("wallflower", static_folder=None, root_path=here, instance_path=here)
    app.request_class = UploadRequest
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    app.config["BODY_TIMEOUT"] = BODY_TIMEOUT_S
    app.url_map.merge_slashes = False  # a redirect would be an answer in HTML
    provide(app, services)
    openapi.install(app, services.version)
    guard.install(app, cors_origins)
    rights.install(app)
    problems.install(app)
    writes.install(app)
    for blueprint in (
        streams,
        probe,
        snapshot,
        transcripts,
        speakers,
        enrolment,
        corrections,
        events,
        health,
        me,
        others,
    ):
        app.register_blueprint(blueprint)
    metrics.install(app, services)
    page.install(app, page_folder)
    return app
