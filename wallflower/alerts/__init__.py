"""What raises an alarm: keywords, and silence. Rules, schedules and notifications go here too."""

from wallflower.alerts.alerts import Alerts, open_alerts
from wallflower.alerts.keywords import keywords_of

__all__ = ["Alerts", "keywords_of", "open_alerts"]
