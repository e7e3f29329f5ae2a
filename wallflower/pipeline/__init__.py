"""One stream's stages, wired: sound in, stored lines out."""

from wallflower.pipeline.file import transcribe_file
from wallflower.pipeline.pipeline import StreamPipeline
from wallflower.pipeline.shared import Shared

__all__ = ["Shared", "StreamPipeline", "transcribe_file"]
