"""Servers write, the embedded engine takes over: no sentence is lost between them."""

from wallflower.asr.relay.engine import Relay
from wallflower.asr.relay.places import Places
from wallflower.asr.relay.trouble import starting, trouble

__all__ = ["Places", "Relay", "starting", "trouble"]
