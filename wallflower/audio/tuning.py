"""What can be tuned about hearing speech, with the reason for each default."""

from __future__ import annotations

from dataclasses import dataclass

from wallflower.domain.errors import BadSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmenterSettings:
    """All in seconds, or probabilities from 0 to 1. Raises `BadSettings` when they contradict.

    Times count in whole frames of 32 ms, rounded up.
    """

    gate_mode: int = 1
    """Aggressiveness of webrtcvad, 0 to 3. At 3 faint words get lost before Silero hears them; at
    0 a noisy room never closes the gate."""
    gate_hold_s: float = 1.0
    """How long the gate stays open after it last heard something: longer than any pause that
    matters below, so that it never closes in an utterance."""
    warm_up_s: float = 0.512
    """What Silero hears of the past when the gate opens. Without it one short word in fifteen is
    lost; with more than this nothing is won."""

    start_probability: float = 0.4
    """A frame this likely to be speech begins an utterance, if evidence (below) follows."""
    stop_probability: float = 0.25
    """A frame this likely continues one. Silero's usual 0.5 and 0.35 miss a fifth more of a
    conversation, the soft ends of words above all, and find more pauses that are none."""
    sure_probability: float = 0.7
    """Frames this likely are evidence that it is speech at all. At 0.8 every sixth short word in
    noise or from afar is lost; at 0.6 animals and sneezes pass."""
    min_speech_s: float = 0.128
    """So much evidence makes an utterance; with less it is dropped. Half of what a short "yes"
    has: a word that is lost is lost, a noise that passes meets the recogniser's own checks."""
    confirm_within_s: float = 1.5
    """Evidence must come together within this time, or the sound was no speech so far."""

    pre_roll_s: float = 0.3
    """Sound kept before speech: quiet first consonants lie before the first sure frame."""
    post_roll_s: float = 0.2
    """Sound kept after it, for fading last syllables. At most `pause_s`."""
    pause_s: float = 0.25
    """After so much silence a snapshot goes out, so that the text is ready when it ends: two
    pauses of three are the end, and a shorter time would find pauses inside words."""
    end_pause_s: float = 0.55
    """After so much silence an utterance ends. A quarter of all sentences is chopped at 0.35 s;
    from 0.65 s on, people who take turns quickly end up in one utterance."""
    max_s: float = 10.0
    """The longest utterance: recognisers slow down past a window of about 10 s, and hardly any
    sentence is longer."""
    patience: float = 0.5
    """Up to this share of the longest utterance `end_pause_s` holds. From there on, the longer
    somebody talks, the shorter a pause ends it: people who never stop are heard soon as well."""
    least_pause_s: float = 0.128
    """What ends an utterance that is almost too long: shorter ones are inside words, and cutting
    there costs noisy talk 4 points of word errors."""
    cut_within: float = 0.15
    """A cut looks for the best pause in this last share of the utterance: what lies before the cut
    is heard that much later."""
    partial_every_s: float | None = None
    """A snapshot this often while someone talks; None: no such snapshots."""

    def __post_init__(self) -> None:
        if not 0 <= self.gate_mode <= 3:
            raise BadSettings(f"gate_mode must be 0 to 3, not {self.gate_mode}.")
        if not 0 < self.stop_probability <= self.start_probability <= self.sure_probability <= 1:
            raise BadSettings("Set 0 < stop_probability <= start_probability <= sure_probability.")
        if not 0 <= self.post_roll_s <= self.pause_s < self.end_pause_s < self.gate_hold_s:
            raise BadSettings("Set post_roll_s <= pause_s < end_pause_s < gate_hold_s.")
        if min(self.pre_roll_s, self.warm_up_s) < 0 or self.min_speech_s <= 0:
            raise BadSettings("pre_roll_s and warm_up_s must be at least 0, min_speech_s above.")
        if not self.min_speech_s <= self.confirm_within_s < self.max_s:
            raise BadSettings("Set min_speech_s <= confirm_within_s < max_s.")
        if not 0 < self.least_pause_s <= self.end_pause_s or not 0 < self.patience < 1:
            raise BadSettings("Set 0 < least_pause_s <= end_pause_s and 0 < patience < 1.")
        if not 0 < self.cut_within <= 0.5:
            raise BadSettings("cut_within must be above 0 and at most 0.5.")
        if self.max_s < 4 * (self.end_pause_s + self.pre_roll_s):
            raise BadSettings("max_s must be at least four times end_pause_s + pre_roll_s.")
        if self.partial_every_s is not None and self.partial_every_s <= 0:
            raise BadSettings("partial_every_s must be above 0; leave it out for no partial text.")
