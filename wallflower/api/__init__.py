"""HTTP: the JSON API, server-sent events and the page, over a house handed in."""

from wallflower.api.app import create_app
from wallflower.api.server import serve
from wallflower.api.services import Services

__all__ = ["Services", "create_app", "serve"]
