"""Wallflower: a quiet listener for a house. Start with wallflower/README.md."""

import os

__version__ = "0.1.0"

PROJECT_URL = "https://github.com/wallflower-home/wallflower"
"""Where people find the code, the documentation and each other."""

# Nothing leaves the building. From 1.29 on, ONNX Runtime tells its makers of every model it loads
# unless this is set before its first import; huggingface_hub tells who downloads.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
