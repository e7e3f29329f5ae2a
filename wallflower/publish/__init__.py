"""Tells the world: MQTT with Home Assistant's discovery, and a broker for the demo."""

from wallflower.publish.broker import FoundBroker, find_or_start_broker
from wallflower.publish.connection import MqttConfig, Tls, try_broker
from wallflower.publish.finding import FindBroker, broker_finder
from wallflower.publish.forget import forget
from wallflower.publish.mqtt import AGAIN_S, PART, MqttPublisher
from wallflower.publish.node import node_id
from wallflower.publish.payloads import EngineInfo

__all__ = [
    "AGAIN_S",
    "PART",
    "EngineInfo",
    "FindBroker",
    "FoundBroker",
    "MqttConfig",
    "MqttPublisher",
    "Tls",
    "broker_finder",
    "find_or_start_broker",
    "forget",
    "node_id",
    "try_broker",
]
