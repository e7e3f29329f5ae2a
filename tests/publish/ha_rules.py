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
    "json_attr_t",
    "en",
}
READS = {"stat_t", "val_tpl"}
PLATFORMS: dict[str, set[str]] = {
    "sensor": READS | {"frc_upd", "stat_cla", "ops", "unit_of_meas"},
    "binary_sensor": READS | {"off_dly", "pl_on", "pl_off"},
    "switch": READS | {"cmd_t", "pl_on", "pl_off"},
    "button": {"cmd_t", "pl_prs"},
    "event": READS | {"evt_typ"},
    "image": {"img_t", "img_e", "url_t", "url_tpl", "cont_type"},
}
TRIGGER_NEEDS = {"p", "atype", "type", "stype", "t"}
TRIGGER_KEYS = TRIGGER_NEEDS | {"val_tpl", "pl", "qos"}
NEEDS = {
    "sensor": {"stat_t"},
    "binary_sensor": {"stat_t"},
    "switch": {"cmd_t"},
    "button": {"cmd_t"},
    "event": {"stat_t", "evt_typ"},
    "image": set(),
}
CLASSES = {
    "sensor": {"enum", "timestamp", "duration"},
    "binary_sensor": {"sound", "problem", "connectivity", "running"},
    "switch": {"outlet", "switch"},
    "button": {"identify", "restart", "update"},
    "event": {"button", "doorbell", "motion"},
    "image": set(),
}
CATEGORIES = {
    "sensor": {"diagnostic"},
    "binary_sensor": {"diagnostic"},
    "switch": {"diagnostic", "config"},
    "button": {"diagnostic", "config"},
    "event": {"diagnostic", "config"},
    "image": {"diagnostic"},
}


def objections(payload: str) -> list[str]:
    """Why Home Assistant would refuse `payload` or a part of it, or show it badly."""
    device = json.loads(payload)
    found = _whole(device)
    ids = [one["uniq_id"] for one in device["cmps"].values() if "uniq_id" in one]
    if len(set(ids)) < len(ids):
        found.append("a uniq_id comes twice")
    for key, component in device["cmps"].items():
        if component.keys() == {"p"}:
            continue  # removes the entity
        about = _component(key, component, device["dev"]["name"])
        found += [f"{key}: {objection}" for objection in about]
    return found


def _whole(device: dict[str, Any]) -> list[str]:
    found = [f"unknown key {key}" for key in set(device) - TOP_KEYS]
    found += [f"unknown device key {key}" for key in set(device["dev"]) - DEVICE_KEYS]
    found += [f"unknown origin key {key}" for key in set(device["o"]) - ORIGIN_KEYS]
    objections = {
        "a URL is http or https": device["o"].get("url", "http://").startswith("http"),
        "the origin has no name": device["o"].get("name"),
        "the device has no ids": device["dev"].get("ids"),
        "there are no components": device.get("cmps"),
        "qos is not 0 to 2": device.get("qos") in (0, 1, 2),
        "both avty and avty_t": not ("avty" in device and "avty_t" in device),
        "availability without a topic": all(
            isinstance(where, dict) and where.get("t") for where in device["avty"]
        ),
    }
    return found + [objection for objection, fits in objections.items() if not fits]


def _component(key: str, component: dict[str, Any], device_name: str) -> list[str]:
    platform = component.get("p")
    if platform == "device_automation":
        return _trigger(key, component)
    if platform not in PLATFORMS:
        return [f"unknown platform {platform}"]
    found = _key(key)
    found += [f"unknown key {k}" for k in set(component) - EVERY_ENTITY - PLATFORMS[platform]]
    found += [f"missing {k}" for k in NEEDS[platform] - set(component)]
    enum = component.get("dev_cla") == "enum"
    objections = {
        "no uniq_id": component.get("uniq_id"),
        "an icon is mdi:": component.get("ic", "mdi:").startswith("mdi:"),
        "unknown dev_cla": component.get("dev_cla") in {None, *CLASSES[platform]},
        "bad ent_cat": component.get("ent_cat", "diagnostic") in CATEGORIES[platform],
        "ops need dev_cla enum, and at least one": "ops" not in component
        or (component["ops"] and enum),
        "def_ent_id has the platform's domain": re.fullmatch(
            rf"{platform}\.[a-z0-9_]+", component.get("def_ent_id", "")
        ),
        "the name repeats the device's": not component["name"]
        .casefold()
        .startswith(device_name.casefold()),
        "an image takes exactly one of img_t and url_t": platform != "image"
        or ("img_t" in component) != ("url_t" in component),
    }
    return found + [objection for objection, fits in objections.items() if not fits]


def _key(key: str) -> list[str]:
    fits = re.fullmatch(r"[A-Za-z0-9_]+", key)
    return [] if fits else ["a component's key has letters, digits and _ only"]


def _trigger(key: str, component: dict[str, Any]) -> list[str]:
    found = _key(key)
    found += [f"unknown key {k}" for k in set(component) - TRIGGER_KEYS]
    found += [f"missing {k}" for k in TRIGGER_NEEDS if not component.get(k)]
    if component.get("atype") != "trigger":
        found.append("atype is trigger")
    return found
