"""Device triggers: one for each keyword, to choose from in Home Assistant's automation editor."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable

from wallflower.domain.streams import slug
from wallflower.publish.discovery.device import Payload
from wallflower.publish.topics import StreamTopics


def triggers(phrases: Iterable[str], t: StreamTopics) -> dict[str, Payload]:
    """Of a stream's keywords, by component key; a phrase that comes twice has one."""
    return {_key(phrase): _trigger(phrase, t) for phrase in phrases}


def _key(phrase: str) -> str:
    """Of the phrase alone, so that one keyword more or less leaves all others what they are.

    >>> _key("fire alarm")
    'kw_fire_alarm'
    >>> _key("Hilfe!")
    'kw_hilfe_5ea2f0f5'
    """
    plain = slug(phrase, otherwise="phrase")
    if re.fullmatch(r"[a-z0-9]+( [a-z0-9]+)*", phrase) and plain == phrase.replace(" ", "_"):
        return f"kw_{plain}"
    # Others may have the same slug: capitals, accents, other scripts, or just a long one.
    return f"kw_{plain}_{hashlib.sha256(phrase.encode(errors='replace')).hexdigest()[:8]}"


def _trigger(phrase: str, t: StreamTopics) -> Payload:
    return {
        "p": "device_automation",
        "atype": "trigger",
        "type": "keyword",
        "stype": phrase,
        "t": t.event_keyword,
        "val_tpl": "{{ value_json.keyword }}",
        "pl": _verbatim(phrase),
    }


def _verbatim(phrase: str) -> str:
    """What Home Assistant, for which a trigger's payload is a template, makes `phrase` of again."""
    if not re.search(r"\{[{%#]", phrase):
        return phrase
    return "{{ " + json.dumps(phrase, ensure_ascii=False) + " }}"
