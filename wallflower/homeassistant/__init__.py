"""What Wallflower asks of Home Assistant when it runs as its app: the broker, and who may what."""

from wallflower.homeassistant.rights import Rights
from wallflower.homeassistant.supervisor import MqttService, Supervisor

__all__ = ["MqttService", "Rights", "Supervisor"]
