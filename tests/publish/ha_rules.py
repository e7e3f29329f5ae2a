"""What Home Assistant would say to a device payload, by its documented rules.

Home Assistant reports a refused payload in its own log only, so these rules are checked here.
They are the part of its schemas that our payloads touch; anything else is an objection too.
"""

from __future__ import annotations

import json
import re
from typing import Any

DEVICE_KEYS = {"ids", "cns", "name", "mf", "mdl", "mdl_id", "hw", "sw", "sn", "sa", "cu"} | {
    "via_device"
}
ORIGIN_KEYS = {"name", "sw", "url"}
TOP_KEYS = {"dev", "o", "cmps", "avty", "avty_mode", "avty_t", "qos", "stat_t", "cmd_t"}

EVERY_ENTITY = {"p", "uniq_id", "name", "def_ent_id", "ic", "ent_cat", "dev_cla", "avty"} | {
    "json_attr_t"
}
READS = {"stat_t", "val_tpl"}
PLATFORMS: dict[str, set[str]] = {
    "sensor": READS | {"frc_upd", "stat_cla", "ops", "unit_of_meas"},
    "binary_sensor": READS | {"off_dly", "pl_on", "pl_off"},
    "switch": READS | {"cmd_t", "pl_on", "pl_off"},
    "button": {"cmd_t", "pl_prs"},
    "event": READS | {"evt_typ"},
}
NEEDS = {
    "sensor": {"stat_t"},
    "binary_sensor": {"stat_t"},
    "switch": {"cmd_t"},
    "button": {"cmd_t"},
    "event": {"stat_t", "evt_typ"},
}
CLASSES = {
    "sensor": {"enum", "timestamp", "duration"},
    "binary_sensor": {"sound", "problem", "connectivity", "running"},
    "switch": {"outlet", "switch"},
    "button": {"identify", "restart", "update"},
    "event": {"button", "doorbell", "motion"},
}
CATEGORIES = {
    "sensor": {"diagnostic"},
    "binary_sensor": {"diagnostic"},
    "switch": {"diagnostic", "config"},
    "button": {"diagnostic", "config"},
    "event": {"diagnostic", "config"},
}


def objections(payload: str) -> list[str]:
    """Why Home Assistant would refuse `payload` or a part of it, or show it badly."""
    device = json.loads(payload)
    found = [f"unknown key {key}" for key in set(device) - TOP_KEYS]
    found += [f"unknown device key {key}" for key in set(device["dev"]) - DEVICE_KEYS]
    found += [f"unknown origin key {key}" for key in set(device["o"]) - ORIGIN_KEYS]
    if not device["o"].get("name"):
        found.append("the origin has no name")
    if not device["dev"].get("ids"):
        found.append("the device has no ids")
    if not device.get("cmps"):
        found.append("there are no components")
    if device.get("qos") not in (0, 1, 2):
        found.append("qos is not 0 to 2")
    if "avty" in device and "avty_t" in device:
        found.append("both avty and avty_t")
    if not all(isinstance(where, dict) and where.get("t") for where in device["avty"]):
        found.append("availability without a topic")
    ids = [one["uniq_id"] for one in device["cmps"].values() if "uniq_id" in one]
    if len(set(ids)) < len(ids):
        found.append("a uniq_id comes twice")
    for key, component in device["cmps"].items():
        if component.keys() == {"p"}:
            continue  # removes the entity
        about = _component(key, component, device["dev"]["name"])
        found += [f"{key}: {objection}" for objection in about]
    return found


def _component(key: str, component: dict[str, Any], device_name: str) -> list[str]:
    found = []
    platform = component.get("p")
    if platform not in PLATFORMS:
        return [f"unknown platform {platform}"]
    if not re.fullmatch(r"[A-Za-z0-9_]+", key):
        found.append("a component's key has letters, digits and _ only")
    if not component.get("uniq_id"):
        found.append("no uniq_id")
    found += [f"unknown key {k}" for k in set(component) - EVERY_ENTITY - PLATFORMS[platform]]
    found += [f"missing {k}" for k in NEEDS[platform] - set(component)]
    if "ic" in component and not component["ic"].startswith("mdi:"):
        found.append("an icon is mdi:")
    if "dev_cla" in component and component["dev_cla"] not in CLASSES[platform]:
        found.append("unknown dev_cla")
    if "ent_cat" in component and component["ent_cat"] not in CATEGORIES[platform]:
        found.append("bad ent_cat")
    if "ops" in component and (not component["ops"] or component.get("dev_cla") != "enum"):
        found.append("ops need dev_cla enum, and at least one")
    if not re.fullmatch(rf"{platform}\.[a-z0-9_]+", component.get("def_ent_id", "")):
        found.append("def_ent_id has the platform's domain")
    if component["name"].casefold().startswith(device_name.casefold()):
        found.append("the name repeats the device's")
    return found
