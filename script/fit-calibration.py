#!/usr/bin/env python3
"""Measure an encoder: what its scores mean, from people in made rooms.

    script/fit-calibration.py [--speech FOLDER] [--part tune|all] [--judge] [ENCODER-FOLDER]

Puts recorded readers into rooms (`tests/support/talks.py`) and writes `calibration.npz` and its
numbers into `encoder.json` of the folder (default: the shipped encoder). With `--judge` it writes
nothing and tells how right the folder's numbers are on readers, noises and rooms held back. A few
minutes of one core.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

HERE: Final = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from tests.support.talks import KINDS, LEVEL, Library, Part, Room, Sound, convolved  # noqa: E402
from wallflower.domain.prints import Prints  # noqa: E402
from wallflower.domain.times import SAMPLE_RATE  # noqa: E402
from wallflower.speakers.clips import clip_prints  # noqa: E402
from wallflower.speakers.encoder import SHIPPED, Encoder  # noqa: E402
from wallflower.speakers.manifest import read_bundle  # noqa: E402
from wallflower.speakers.odds.calibration import Array, Calibration  # noqa: E402
from wallflower.speakers.odds.fitting import (  # noqa: E402
    Trial,
    cost,
    fit_map,
    log_odds,
    ratios,
    regress,
    with_odds,
)
from wallflower.speakers.odds.measured import measured  # noqa: E402

FILE: Final = "calibration.npz"
CLIP_S: Final = 4.0
CLIPS: Final = 8
"""Per reader, at most."""
ROOMS: Final = {"quiet": 2, "living": 4, "noisy": 4}
"""Per reader, out of `ROOMS_MADE` of each kind."""
ROOMS_MADE: Final = 16
FOLDS: Final = 5
TRIALS: Final = 6000
CONTRAST_DB: Final = (10.0, 17.0, 24.0, 34.0)
LASTING: Final = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


@dataclass(frozen=True, eq=False)
class Heard:
    """One clip in one room."""

    who: str
    clip: int
    room: str
    prints: Prints


def hear(encoder: Encoder, library: Library) -> Iterator[Heard]:
    """Every reader's clips as they are, and in some rooms."""
    draw = np.random.default_rng(1)
    rooms = {kind: [Room.made(library, kind, seed) for seed in range(ROOMS_MADE)] for kind in KINDS}
    for who in sorted(library.readers):
        chosen = [
            (f"{kind}-{number}", rooms[kind][number])
            for kind in KINDS
            for number in draw.choice(ROOMS_MADE, ROOMS[kind], replace=False).tolist()
        ]
        for clip, sound in enumerate(clips(library, who)):
            sounds = [("studio", sound)]
            sounds += [(name, placed(sound, room, who, clip)) for name, room in chosen]
            for name, each in sounds:
                pcm = (np.clip(each, -1.0, 1.0) * 32767).round().astype(np.int16)
                if (prints := clip_prints(encoder, pcm)) is not None:
                    yield Heard(who, clip, name, prints)


def clips(library: Library, who: str) -> list[Sound]:
    length = round(CLIP_S * SAMPLE_RATE)
    cut = [
        sound[first : first + length]
        for sound in library.clips(who)
        for first in range(0, len(sound) - length // 2, length)
    ]
    return cut[:CLIPS]


def placed(sound: Sound, room: Room, who: str, seed: int) -> Sound:
    wet = convolved(sound, room.response(who))[: len(sound)]
    noise = room.background(len(wet), seed)
    return wet + noise * np.float32(LEVEL / 10.0 ** (room.snr_db / 20.0))


def trials(heard: Sequence[Heard], count: int, seed: int) -> list[Trial]:
    """Half of one voice, half of two; voices of one room and of several; stretches of all lengths.

    A clip is never compared with itself in another room.
    """
    draw = np.random.default_rng(seed)
    of: defaultdict[str, list[Heard]] = defaultdict(list)
    for each in heard:
        of[each.who].append(each)
    names = sorted(of)
    made: list[Trial] = []
    while len(made) < count:
        probe = heard[int(draw.integers(len(heard)))]
        same = bool(draw.random() < 0.5)
        who = probe.who if same else names[int(draw.integers(len(names)))]
        if (who == probe.who) != same:
            continue
        others = [each for each in of[who] if (each.who, each.clip) != (probe.who, probe.clip)]
        if draw.random() < 0.4:  # the voice was heard in this room
            others = [each for each in others if each.room == probe.room]
        many = 1 if draw.random() < 0.5 else int(draw.integers(2, 5))
        if len(others) < many:
            continue
        picked = [others[at] for at in draw.choice(len(others), many, replace=False).tolist()]
        voice = [stretch(each.prints, draw) for each in picked]
        mean, seconds = stretch(probe.prints, draw)
        made.append(
            Trial(
                mean,
                seconds,
                probe.prints.contrast_db,
                np.stack([print_ for print_, _ in voice]),
                np.array([spoken_s for _, spoken_s in voice]),
                same,
            )
        )
    return made


def stretch(prints: Prints, draw: np.random.Generator) -> tuple[npt.NDArray[np.float32], float]:
    """A part of a clip, or (two times of five) all of it."""
    count = len(prints.windows)
    taken = count if draw.random() < 0.4 else int(draw.integers(1, count + 1))
    first = int(draw.integers(count - taken + 1))
    edges_s = prints.edges_s
    return prints.between(edges_s[first] + 1e-6, edges_s[first + taken] - 1e-6).mean()


def mapped(heard: Sequence[Heard], lasting: float) -> Calibration:
    """The map alone; its odds mean nothing yet."""
    people = {who: number for number, who in enumerate(sorted({each.who for each in heard}))}
    means = np.stack([each.prints.mean()[0] for each in heard])
    found = fit_map(means, np.array([people[each.who] for each in heard]))
    return Calibration(
        found.centre,
        found.directions,
        found.between,
        lasting=lasting,
        contrast_db=CONTRAST_DB,
        scale=(0.2,) * len(CONTRAST_DB),
        offset=0.0,
    )


def fit(heard: Sequence[Heard]) -> Calibration:
    """The map on all readers; the odds on readers that a map of the others has not seen."""
    names = sorted({each.who for each in heard})
    outs = [set(names[fold::FOLDS]) for fold in range(FOLDS)]
    parted = [
        trials([each for each in heard if each.who in out], TRIALS // FOLDS, fold)
        for fold, out in enumerate(outs)
    ]
    made = [trial for part in parted for trial in part]
    maps = [mapped([each for each in heard if each.who not in out], 0.0) for out in outs]
    same = np.array([trial.same for trial in made])
    best, least = maps[0], float("inf")
    for lasting in LASTING:
        models = [replace(each, lasting=lasting) for each in maps]
        ratio = np.concatenate([ratios(*pair) for pair in zip(models, parted, strict=True)])
        found = with_odds(models[0], made, ratio)
        scale = np.array([found.scale_at(trial.contrast_db) for trial in made])
        costs = cost(scale * ratio + found.offset, same)
        print(f"  lasting {lasting}: C_llr {costs:.4f}")
        if costs < least:
            best, least = found, costs
    whole = mapped(heard, best.lasting)
    return replace(whole, scale=best.scale, offset=best.offset)


def tell(calibration: Calibration, held: Sequence[Trial]) -> None:
    """How right it is on trials of people it has not seen."""
    same = np.array([trial.same for trial in held])
    odds = log_odds(calibration, held)
    line = np.stack([odds, np.ones(len(odds))])
    best = regress(line, same) @ line
    print(
        f"{len(held)} trials: EER {100 * eer(odds, same):.2f} %, C_llr "
        f"{cost(odds, same):.3f} (with the odds that would be best here {cost(best, same):.3f})"
    )
    cosines = np.array([_cosine(trial) for trial in held])
    print(f"raw cosine of the mean print: EER {100 * eer(cosines, same):.2f} %")
    chance = 1.0 / (1.0 + np.exp(-odds))
    print("probability told | right | trials")
    for low in np.arange(0.0, 1.0, 0.1):
        there = (chance >= low) & (chance < low + 0.1 + 1e-9)
        if there.any():
            told = chance[there].mean()
            print(f"{100 * told:15.1f} % | {100 * same[there].mean():4.1f} % | {there.sum()}")
    for least in (0.5, 0.9, 0.95, 0.99):
        alarms, misses = (chance[~same] >= least).mean(), (chance[same] < least).mean()
        print(f"accepted from {least}: false {100 * alarms:.2f} %, missed {100 * misses:.1f} %")


def _cosine(trial: Trial) -> float:
    voice = trial.voice.mean(axis=0)
    return float(trial.heard @ voice / np.linalg.norm(trial.heard) / np.linalg.norm(voice))


def eer(scores: Array, same: npt.NDArray[np.bool_]) -> float:
    """Where as many strangers pass as the right ones are turned away."""
    right = same[np.argsort(-scores, kind="stable")]
    missed, passed = 1.0 - np.cumsum(right) / right.sum(), np.cumsum(~right) / (~right).sum()
    at = int(np.abs(missed - passed).argmin())
    return float(missed[at] + passed[at]) / 2.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    speech = os.environ.get("WALLFLOWER_SPEECH", HERE.parents[1] / "shared/data")
    parser.add_argument("folder", nargs="?", type=Path, default=SHIPPED)
    parser.add_argument("--speech", type=Path, default=Path(speech))
    parser.add_argument("--part", choices=("tune", "all"), default="tune")
    parser.add_argument("--judge", action="store_true")
    options = parser.parse_args()
    encoder = Encoder.load(options.folder)
    if options.judge:
        held = list(hear(encoder, Library.load(options.speech, "held")))
        return tell(encoder.calibration, trials(held, TRIALS, 99))
    parts: list[Part] = ["tune"] if options.part == "tune" else ["tune", "held"]
    heard = [each for part in parts for each in hear(encoder, Library.load(options.speech, part))]
    print(f"{len(heard)} clips of {len({each.who for each in heard})} readers")
    told, data = measured(fit(heard), FILE)
    (options.folder / FILE).write_bytes(data)
    replace(read_bundle(options.folder).manifest, calibration=told).write(options.folder)
    return None


if __name__ == "__main__":
    main()
