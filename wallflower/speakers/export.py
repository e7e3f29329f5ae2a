"""Resemblyzer's voice encoder, from its PyTorch weights to ONNX: exact, and fast.

The graph is written node by node instead of traced: it is small (three LSTM layers, one linear
layer), it does not change with PyTorch's exporters, and the same weights give the same bytes.
Needs the extra `export` (torch, resemblyzer, onnx).
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from wallflower.domain.errors import ModelMissing
from wallflower.domain.times import SAMPLE_RATE
from wallflower.speakers.encoder import SHIPPED
from wallflower.speakers.features import BANDS
from wallflower.speakers.front_ends import SlaneyPower
from wallflower.speakers.manifest import Manifest, read_bundle
from wallflower.speakers.odds.measured import Measured
from wallflower.speakers.quantising import quantised

OPSET = 17
LAYERS = 3
UNITS = 256


def export_encoder(folder: Path) -> Path:
    """Write both graphs, manifest and calibration into `folder`; gives the manifest's path.

    `ge2e.onnx` computes what PyTorch does. `ge2e-fast.onnx`, the one that the manifest names, has
    layers in 8 bit (`quantising.py`), costs half, and its prints can be compared with those of the
    other. Either takes `mels`, float32 (windows, frames, 40), both first axes free, and gives
    `embeddings`, float32 (windows, 256), L2 norm 1. Raises `ModelMissing` without the extra.
    """
    try:
        import onnx  # noqa: PLC0415
        from resemblyzer import VoiceEncoder  # noqa: PLC0415
    except ImportError as error:
        raise ModelMissing(
            f"The export needs PyTorch, Resemblyzer and ONNX ({error}): "
            "pip install 'wallflower[export]'."
        ) from error
    state = VoiceEncoder("cpu", verbose=False).state_dict()
    weights = {name: tensor.numpy() for name, tensor in state.items()}
    exact, fast = _model(weights, fast=False), _model(weights, fast=True)
    onnx.checker.check_model(exact, full_check=True)
    # The weights are those that the shipped calibration was measured with.
    calibration = read_bundle(SHIPPED).manifest.calibration
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ge2e.onnx").write_bytes(_bytes(exact))
    (folder / "ge2e-fast.onnx").write_bytes(_bytes(fast))
    if isinstance(calibration, Measured) and folder.resolve() != SHIPPED:
        shutil.copyfile(SHIPPED / calibration.file, folder / calibration.file)
    manifest = Manifest(
        name="ge2e-resemblyzer",
        version=importlib.metadata.version("resemblyzer"),
        file="ge2e-fast.onnx",
        sha256=hashlib.sha256(_bytes(fast)).hexdigest(),
        sample_rate=SAMPLE_RATE,
        window_s=1.0,
        dimension=UNITS,
        features=SlaneyPower(),
        calibration=calibration,
    )
    return manifest.write(folder)


def _bytes(model: Any) -> bytes:
    data: bytes = model.SerializeToString(deterministic=True)
    return data


def _model(weights: dict[str, npt.NDArray[np.float32]], *, fast: bool) -> Any:
    from onnx import TensorProto, helper, numpy_helper  # noqa: PLC0415

    constants: dict[str, npt.NDArray[Any]] = {
        "direction": np.array([1], dtype=np.int64),
        "layer": np.array([0], dtype=np.int64),
        # A window of digital silence may leave nothing to normalise.
        "tiny": np.array(1e-12, dtype=np.float32),
        "weight": weights["linear.weight"],
        "bias": weights["linear.bias"],
    }
    nodes = [helper.make_node("Transpose", ["mels"], ["frames_0"], perm=[1, 0, 2])]
    for layer in range(LAYERS):
        frames, outputs = f"frames_{layer}", [f"all_{layer}", f"last_{layer}"]
        names = [f"{part}_{layer}" for part in ("W", "R", "B")]
        exact = dict(zip(names, _lstm(weights, layer), strict=True))
        if fast and layer:  # the first takes mel power, which 8 bit cannot hold
            parts, names = _quantised_lstm(exact, layer)
            lstm, domain = "DynamicQuantizeLSTM", "com.microsoft"
        else:
            parts, lstm, domain = exact, "LSTM", None
        constants.update(parts)
        nodes += [
            helper.make_node(lstm, [frames, *names], outputs, domain=domain, hidden_size=UNITS),
            helper.make_node("Squeeze", [f"all_{layer}", "direction"], [f"frames_{layer + 1}"]),
        ]
    nodes.pop()  # Only the last state of the last layer is wanted.
    nodes += [
        helper.make_node("Squeeze", [f"last_{LAYERS - 1}", "layer"], ["state"]),
        helper.make_node("Gemm", ["state", "weight", "bias"], ["linear"], transB=1),
        helper.make_node("Relu", ["linear"], ["positive"]),
        helper.make_node("ReduceL2", ["positive"], ["length"], axes=[1], keepdims=1),
        helper.make_node("Max", ["length", "tiny"], ["divisor"]),
        helper.make_node("Div", ["positive", "divisor"], ["embeddings"]),
    ]
    mels = helper.make_tensor_value_info("mels", TensorProto.FLOAT, ["windows", "frames", BANDS])
    embeddings = helper.make_tensor_value_info("embeddings", TensorProto.FLOAT, ["windows", UNITS])
    graph = helper.make_graph(
        nodes,
        "ge2e",
        [mels],
        [embeddings],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    extra = [helper.make_opsetid("com.microsoft", 1)] if fast else []
    return helper.make_model(
        graph,
        ir_version=8,
        opset_imports=[helper.make_opsetid("", OPSET), *extra],
        producer_name="wallflower",
    )


def _lstm(
    weights: dict[str, npt.NDArray[np.float32]], layer: int
) -> tuple[npt.NDArray[np.float32], ...]:
    """Input weights, recurrent weights and biases of one layer, as ONNX orders them."""

    def reorder(name: str) -> npt.NDArray[np.float32]:
        # PyTorch: input, forget, cell, output. ONNX: input, output, forget, cell.
        gate_in, forget, cell, out = np.split(weights[f"lstm.{name}_l{layer}"], 4)
        return np.concatenate([gate_in, out, forget, cell])

    bias = np.concatenate([reorder("bias_ih"), reorder("bias_hh")])
    return reorder("weight_ih")[None], reorder("weight_hh")[None], bias[None]


def _quantised_lstm(
    exact: dict[str, npt.NDArray[Any]], layer: int
) -> tuple[dict[str, npt.NDArray[Any]], list[str]]:
    """The parts of one layer in 8 bit, and the inputs of `DynamicQuantizeLSTM` after its first."""
    weights, recurrent, bias = (f"{part}_{layer}" for part in ("W", "R", "B"))
    parts, scaling = {bias: exact[bias]}, []
    for name in (weights, recurrent):
        pieces = quantised(exact[name])
        scaling += [f"{name}_scale", f"{name}_zero"]
        parts.update(zip([name, *scaling[-2:]], pieces, strict=True))
    # Four optional ones (lengths, first states, peepholes) are left out.
    return parts, [weights, recurrent, bias, "", "", "", "", *scaling]
