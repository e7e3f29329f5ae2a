"""Where a house keeps its data."""

from __future__ import annotations

import os
from pathlib import Path

from wallflower.domain.errors import BadSettings
from wallflower.settings import Settings
from wallflower.settings.load import OPTIONS_JSON


def data_folder(option: Path | None, settings: Settings) -> Path:
    """`--data`, else the setting, else Home Assistant's /data, else the user's data folder.

    The folder is made. Raises `BadSettings` when that cannot be done.
    """
    if option or settings.storage.data:
        folder = Path(option or settings.storage.data or "").expanduser()
    elif OPTIONS_JSON.is_file():
        folder = OPTIONS_JSON.parent
    else:
        home = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
        folder = Path(home).expanduser() / "wallflower"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"The data folder {folder} cannot be made ({error.strerror}); choose --data."
        raise BadSettings(message) from None
    return folder
