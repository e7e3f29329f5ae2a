"""Voices that another encoder knew, learnt again from the samples kept of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from wallflower.domain.voices import RoomPrint, Sample
from wallflower.speakers.clips import clip_prints
from wallflower.speakers.encoder import Encoder
from wallflower.speakers.odds.calibration import unit


def re_embed(samples: Sequence[Sample], encoder: Encoder) -> tuple[RoomPrint, ...]:
    """What a voice's samples sound like to `encoder`: one print per stream, by its name.

    Samples without speech count for nothing. Blocks for about as long as the encoder takes for
    three windows per second of sample.
    """
    streams: defaultdict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        streams[sample.stream_id].append(sample)
    found = [_print(stream_id, streams[stream_id], encoder) for stream_id in sorted(streams)]
    return tuple(each for each in found if each is not None)


def _print(stream_id: str, samples: Sequence[Sample], encoder: Encoder) -> RoomPrint | None:
    heard = [prints for each in samples if (prints := clip_prints(encoder, each.pcm)) is not None]
    if not heard:
        return None
    means, seconds = zip(*(prints.mean() for prints in heard), strict=True)
    mean = np.average(np.stack(means), axis=0, weights=seconds).astype(np.float32)
    return RoomPrint(stream_id, unit(mean), sum(seconds), max(each.at for each in samples))
