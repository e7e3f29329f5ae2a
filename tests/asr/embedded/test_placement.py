"""Where the speech model computes. No test here needs a card, and none uses one."""

from __future__ import annotations

import logging
from pathlib import Path

import ctranslate2
import pytest

from wallflower.asr.embedded.model import offline_model
from wallflower.asr.embedded.placement import ON_CPU, Placement, choose, place
from wallflower.asr.embedded.weights import load

NEW_CARD = {"float32", "float16", "int8", "int8_float16", "int8_float32", "bfloat16"}
OLD_CARD = {"float32", "int8", "int8_float32"}


@pytest.mark.parametrize("asked", ["auto", "cuda"])
@pytest.mark.parametrize(("kinds", "kind"), [(NEW_CARD, "float16"), (OLD_CARD, "int8_float32")])
def test_a_card_is_used_with_the_best_it_can(asked: str, kinds: set[str], kind: str) -> None:
    assert choose(asked, cards=1, kinds=kinds) == Placement("cuda", kind)


def test_the_cpu_where_it_was_asked_for_or_nothing_else_is_there() -> None:
    assert choose("cpu", cards=2, kinds=NEW_CARD) == ON_CPU
    assert choose("auto", cards=0, kinds=()) == ON_CPU


def test_a_card_that_was_asked_for_and_is_away_is_missed() -> None:
    assert "sees no card" in str(choose("cuda", cards=0, kinds=()).why_not_cuda)


def test_a_card_that_computes_nothing_of_ours() -> None:
    assert choose("auto", cards=1, kinds={"int16"}).device == "cpu"


def test_the_name_says_where_and_how() -> None:
    assert str(Placement("cuda", "float16")) == "cuda in float16"
    assert str(place("cpu")) == "cpu in int8"


def test_a_model_asked_onto_a_card_that_is_away_is_loaded_all_the_same(
    caplog: pytest.LogCaptureFixture,
) -> None:
    if ctranslate2.get_cuda_device_count():
        pytest.skip("this machine has a card")
    folder = offline_model()
    assert folder is not None, "install the extra 'offline': the tests use its model"
    with caplog.at_level(logging.WARNING):
        weights = load(Path(folder), device="cuda")
    assert weights.placement.device == "cpu"
    assert "The speech model does not use the card: CUDA sees no card" in caplog.text
