"""Device payloads of Home Assistant's MQTT discovery. Pure.

One device per stream, one for the house, one for its people. Home Assistant refuses a whole
device for one unknown key and reports that in its own log only, so the tests check every payload
against its rules.
"""

from wallflower.publish.discovery.device import REMOVED, Device, Payload, text
from wallflower.publish.discovery.hub import hub_device
from wallflower.publish.discovery.ledger import Ledger
from wallflower.publish.discovery.people import people_device
from wallflower.publish.discovery.stream import stream_device

__all__ = [
    "REMOVED",
    "Device",
    "Ledger",
    "Payload",
    "hub_device",
    "people_device",
    "stream_device",
    "text",
]
