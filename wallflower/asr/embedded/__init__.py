"""Recognition inside this process: Whisper by CTranslate2, one model for all streams."""

from wallflower.asr.embedded.engine import HURRY_S, EmbeddedEngine
from wallflower.asr.embedded.model import AUTO, find_model, obtain_model

__all__ = ["AUTO", "HURRY_S", "EmbeddedEngine", "find_model", "obtain_model"]
