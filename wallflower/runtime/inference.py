"""Where a network computes: the devices of ONNX Runtime, best first.

ONNX Runtime leaves out a device whose libraries are missing, and says so in its log alone; what a
session really got is in `get_providers()`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import onnxruntime

AUTO: Final = "auto"
CPU: Final = "cpu"

PROVIDERS: Final = {
    "cuda": "CUDAExecutionProvider",
    "tensorrt": "TensorrtExecutionProvider",
    "openvino": "OpenVINOExecutionProvider",
    CPU: "CPUExecutionProvider",
}
"""ONNX Runtime's name for each device."""

BEST_FIRST: Final = ("cuda", "openvino", CPU)
"""What `auto` tries. Not TensorRT: it builds an engine at every start and again for every length of
sound, for minutes, and nobody is recognised meanwhile. Whoever has a large encoder of fixed size
can ask for it."""

EXACT: Final = {"cuda": {"use_tf32": "0"}}
"""Options by device. Prints are kept for months and compared across devices, so no bits are saved
in between."""


class NotOnThisDevice(Exception):
    """The device is not there, or what it needs is not installed."""


def devices(asked: str, available: Sequence[str] | None = None) -> tuple[str, ...]:
    """The devices to try for `asked` (`auto` or a key of `PROVIDERS`), in order; the CPU is last.

    `available`: ONNX Runtime's names of what this build of it has; None: looked up.
    """
    there = onnxruntime.get_available_providers() if available is None else available
    if asked == AUTO:
        return tuple(device for device in BEST_FIRST if device == CPU or PROVIDERS[device] in there)
    return (CPU,) if asked == CPU else (asked, CPU)


def open_session(model: bytes | Path, device: str = CPU) -> Any:
    """An `onnxruntime.InferenceSession` on `device`, with one thread. Blocks.

    Steps that a device does not know run on the CPU. Raises `NotOnThisDevice` for any other
    device that does not take the model; for the CPU whatever ONNX Runtime raises: its exceptions
    have no common base.
    """
    provider = PROVIDERS[device]
    if provider not in onnxruntime.get_available_providers():
        raise NotOnThisDevice(f"the installed ONNX Runtime is built without {provider}")
    options = onnxruntime.SessionOptions()
    # One thread: the work is small, and its neighbours are recognisers that need the cores.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    names = dict.fromkeys((provider, PROVIDERS[CPU]))
    try:
        session = onnxruntime.InferenceSession(
            model if isinstance(model, bytes) else str(model),
            options,
            providers=[(name, EXACT.get(device, {}) if name == provider else {}) for name in names],
            enable_fallback=0,  # it would print to stdout, and hide what happened
        )
    except Exception as error:
        if device == CPU:
            raise
        raise NotOnThisDevice(" ".join(str(error).split())) from error
    if provider not in session.get_providers():
        raise NotOnThisDevice(f"the libraries that {provider} needs are missing")
    return session
