"""What takes an administrator of Home Assistant. Accounts of our own come later.

The table follows what a household expects. Everybody at home may read, mute and unmute, say who is
who and mend a text: each of these is seen by all and can be put right. An administrator is needed
for what holds passwords or voice prints, and for what is not easily, or never, taken back.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Final

from quart import Quart, request

from wallflower.api.guard import READS
from wallflower.api.visitor import visitor
from wallflower.domain.errors import AdminRequired


class Need(enum.Enum):
    """Who may use a route."""

    EVERYBODY = "everybody at home"
    ADMIN = "administrators"
    BY_CONTENT = "the route decides, by what it is sent"


NEEDS: Final[Mapping[str, Need]] = {
    "streams.add_stream": Need.ADMIN,
    "streams.change_stream": Need.BY_CONTENT,  # muting and unmuting is for everybody
    "streams.remove_stream": Need.ADMIN,
    "streams.start_stream": Need.ADMIN,
    "streams.stop_stream": Need.ADMIN,
    "streams.restart_stream": Need.EVERYBODY,  # as the button in Home Assistant
    "streams.set_listening": Need.EVERYBODY,  # as the switch in Home Assistant
    "probe.probe_url": Need.ADMIN,
    "transcripts.search_lines": Need.EVERYBODY,
    "transcripts.change_line": Need.EVERYBODY,
    "transcripts.delete_line": Need.ADMIN,
    "speakers.rename_speaker": Need.EVERYBODY,
    "speakers.forget_speaker": Need.ADMIN,
    "speakers.merge_speakers": Need.ADMIN,
    "speakers.split_speaker": Need.ADMIN,
    "enrolment.enrol": Need.ADMIN,
    "enrolment.verify": Need.EVERYBODY,
    "enrolment.export_speakers": Need.ADMIN,  # a GET, but voice prints leave the house
    "enrolment.import_speakers": Need.ADMIN,
    "corrections.undo_correction": Need.BY_CONTENT,  # as what is taken back
}
"""By endpoint. All that change something are here; what is not here and only reads is for all."""


def need_of(endpoint: str, method: str) -> Need:
    """Who may use a route; one that nobody has put into `NEEDS` is for administrators."""
    return NEEDS.get(endpoint, Need.EVERYBODY if method in READS else Need.ADMIN)


def install(app: Quart) -> None:
    """Hold every request to `app` against `NEEDS`."""

    @app.before_request
    async def check() -> None:
        rule = request.url_rule  # None: the address does not exist, which is told later
        if rule is not None and need_of(rule.endpoint, request.method) is Need.ADMIN:
            await must_be_admin()


async def must_be_admin() -> None:
    """Raise `AdminRequired`, or `RightsUnknown`, unless the visitor may do everything."""
    if not await visitor().is_admin():
        raise AdminRequired("Only administrators of Home Assistant may do this; ask one of them.")
