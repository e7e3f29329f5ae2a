"""HTTP: the JSON API, server-sent events and the page, over a house handed in."""

from wallflower.api.app import create_app
from wallflower.api.ingress import Ingress
from wallflower.api.notices import notices_for
from wallflower.api.server import serve
from wallflower.api.services import Services

__all__ = ["Ingress", "Services", "create_app", "notices_for", "serve"]
