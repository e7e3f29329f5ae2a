"""Writes the tiny encoders beside this file; needs a Python with onnx.

    python tests/speakers/tiny/made.py

Random weights: they tell made voices apart by their spectrum, and no person.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from onnx import TensorProto, checker, helper, numpy_helper

Constant = npt.NDArray[Any]

HERE = Path(__file__).parent
draw = np.random.default_rng(1)


def write(
    name: str, shape: list[str | int], inside: int, nodes: list[Any], **more: Constant
) -> None:
    """Features → `nodes` → (windows, inside) → a linear layer."""
    out = {"waveform": 8, "kaldi-fbank": 16, "redimnet2": 192}[name]
    first = shape[0]
    constants = {
        "weight": draw.normal(size=(inside, out)).astype(np.float32) / np.float32(np.sqrt(inside)),
        **more,
    }
    nodes = [*nodes, helper.make_node("MatMul", ["inside", "weight"], ["embedding"])]
    graph = helper.make_graph(
        nodes,
        name,
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, [first, out])],
        [numpy_helper.from_array(value, key) for key, value in constants.items()],
    )
    model = helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 17)])
    checker.check_model(model, full_check=True)
    (HERE / f"{name}.onnx").write_bytes(model.SerializeToString(deterministic=True))


write(
    "waveform",
    ["windows", "samples"],
    24,
    [
        helper.make_node("Unsqueeze", ["features", "channel"], ["sound"]),
        helper.make_node("Conv", ["sound", "kernels"], ["bands"], strides=[40]),
        helper.make_node("Abs", ["bands"], ["strength"]),
        helper.make_node("ReduceMean", ["strength"], ["inside"], axes=[2], keepdims=0),
    ],
    channel=np.array([1], np.int64),
    kernels=draw.normal(size=(24, 1, 64)).astype(np.float32),
)
write(
    "kaldi-fbank",
    ["windows", "frames", 80],
    80,
    [
        helper.make_node("Abs", ["features"], ["strength"]),
        helper.make_node("ReduceMean", ["strength"], ["inside"], axes=[1], keepdims=0),
    ],
)
write(
    "redimnet2",
    [1, 1, 72, "frames"],
    72,
    [
        helper.make_node("Abs", ["features"], ["strength"]),
        helper.make_node("ReduceMean", ["strength"], ["inside"], axes=[1, 3], keepdims=0),
    ],
)
