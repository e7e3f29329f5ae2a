"""Where networks compute, with the ONNX Runtime that is installed."""

from __future__ import annotations

import onnxruntime
import pytest

from wallflower.audio.judge import packaged_model
from wallflower.runtime.inference import (
    BEST_FIRST,
    CPU,
    PROVIDERS,
    NotOnThisDevice,
    devices,
    open_session,
)

EVERYTHING = ("TensorrtExecutionProvider", "CUDAExecutionProvider", "OpenVINOExecutionProvider")
"""In ONNX Runtime's own order."""


@pytest.mark.parametrize(
    ("available", "tried"),
    [
        (["CPUExecutionProvider"], ("cpu",)),
        (["AzureExecutionProvider", "CPUExecutionProvider"], ("cpu",)),
        (["TensorrtExecutionProvider", "CUDAExecutionProvider"], ("cuda", "cpu")),
        (["OpenVINOExecutionProvider", "CPUExecutionProvider"], ("openvino", "cpu")),
        (EVERYTHING, ("cuda", "openvino", "cpu")),
        (["TensorrtExecutionProvider", "CPUExecutionProvider"], ("cpu",)),
    ],
)
def test_auto_tries_what_is_there_best_first(available: list[str], tried: tuple[str, ...]) -> None:
    assert devices("auto", available) == tried


@pytest.mark.parametrize("asked", ["cuda", "tensorrt", "openvino"])
def test_a_device_that_was_asked_for_is_tried_even_where_it_seems_away(asked: str) -> None:
    assert devices(asked, ["CPUExecutionProvider"]) == (asked, "cpu")


def test_the_cpu_alone_where_it_was_asked_for() -> None:
    assert devices("cpu", EVERYTHING) == ("cpu",)


def test_a_session_runs_where_it_says() -> None:
    session = open_session(packaged_model())
    assert session.get_providers() == [PROVIDERS[CPU]]


def test_a_device_that_is_not_there_is_named_and_nothing_printed(
    capfd: pytest.CaptureFixture[str],
) -> None:
    away = PROVIDERS.keys() - set(devices("auto")) - {"tensorrt"}
    assert away, f"every device of {BEST_FIRST} is here; this test needs a machine that lacks one"
    for device in away:
        with pytest.raises(NotOnThisDevice, match=PROVIDERS[device]):
            open_session(packaged_model(), device)
    assert capfd.readouterr().out == ""


def test_our_names_are_those_of_onnx_runtime() -> None:
    assert set(PROVIDERS.values()) <= set(onnxruntime.get_all_providers())
