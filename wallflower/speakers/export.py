"""Resemblyzer's voice encoder, from its PyTorch weights to one ONNX file.

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
from wallflower.speakers.measured import Measured

OPSET = 17
LAYERS = 3
UNITS = 256


def export_encoder(folder: Path) -> Path:
    """Write `ge2e.onnx`, its manifest and calibration into `folder`; gives the manifest's path.

    The graph takes `mels`, float32 (windows, frames, 40), both first axes free, and gives
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
    model = _model(weights)
    onnx.checker.check_model(model, full_check=True)
    data = model.SerializeToString(deterministic=True)
    # The weights are those that the shipped calibration was measured with.
    calibration = read_bundle(SHIPPED).manifest.calibration
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ge2e.onnx").write_bytes(data)
    if isinstance(calibration, Measured) and folder.resolve() != SHIPPED:
        shutil.copyfile(SHIPPED / calibration.file, folder / calibration.file)
    manifest = Manifest(
        name="ge2e-resemblyzer",
        version=importlib.metadata.version("resemblyzer"),
        file="ge2e.onnx",
        sha256=hashlib.sha256(data).hexdigest(),
        sample_rate=SAMPLE_RATE,
        window_s=1.0,
        dimension=UNITS,
        features=SlaneyPower(),
        calibration=calibration,
    )
    return manifest.write(folder)


def _model(weights: dict[str, npt.NDArray[np.float32]]) -> Any:
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
        names = [f"{part}_{layer}" for part in ("W", "R", "B")]
        constants.update(zip(names, _lstm(weights, layer), strict=True))
        nodes += [
            helper.make_node(
                "LSTM",
                [f"frames_{layer}", *names],
                [f"all_{layer}", f"last_{layer}"],
                hidden_size=UNITS,
            ),
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
    return helper.make_model(
        graph,
        ir_version=8,
        opset_imports=[helper.make_opsetid("", OPSET)],
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
