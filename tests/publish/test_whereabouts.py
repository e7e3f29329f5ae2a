from __future__ import annotations

from dataclasses import replace

from tests.publish.rig import NOON, a_line
from wallflower.domain.speech import Line, SpeakerRef
from wallflower.publish.whereabouts import AWAY_S, Person, Stay, by_slug, person_of

ANNA = SpeakerRef(3, "Anna", known=True, confidence=0.9)


def said(at_s: float, stream_id: str = "hall", *, sure: bool = True) -> Line:
    """Two words: one second."""
    return a_line("Hello there", at_s=at_s, stream_id=stream_id, speaker=replace(ANNA, sure=sure))


def test_somebody_never_heard() -> None:
    assert person_of(3, "Anna", []).stay is None


def test_a_stay_lasts_while_they_talk_there() -> None:
    person = person_of(3, "Anna", [said(0), said(600), said(1200)])
    assert person.stay == Stay("hall", NOON, NOON.plus(1201.0))


def test_another_room_is_another_stay() -> None:
    person = person_of(3, "Anna", [said(0), said(10, "kitchen"), said(20, "kitchen")])
    assert person.stay == Stay("kitchen", NOON.plus(10.0), NOON.plus(21.0))
    assert person.heard(said(30)).stay == Stay("hall", NOON.plus(30.0), NOON.plus(31.0))


def test_a_long_silence_ends_a_stay() -> None:
    for pause_s, since_s in ((AWAY_S, 0.0), (AWAY_S + 1, AWAY_S + 2)):
        person = person_of(3, "Anna", [said(0), said(1 + pause_s)])
        assert person.stay is not None
        assert person.stay.since == NOON.plus(since_s)


def test_a_line_that_comes_late_changes_nothing() -> None:
    person = person_of(3, "Anna", [said(100)])
    assert person.heard(said(10, "kitchen")) == person


def test_a_guess_says_nothing_of_where_somebody_is() -> None:
    unsure = person_of(3, "Anna", [said(0, sure=False), a_line("Hm", at_s=5)])
    assert unsure.stay is None


def test_each_person_has_a_topic_of_their_own() -> None:
    names = {9: "Åsa", 2: "asa", 4: "Анна", 5: "Command", 7: "Anna-Lena"}
    people = by_slug([Person(number, name, None) for number, name in names.items()])
    assert {slug: person.id for slug, person in people.items()} == {
        "asa": 2,
        "person": 4,
        "command_2": 5,
        "anna_lena": 7,
        "asa_2": 9,
    }
