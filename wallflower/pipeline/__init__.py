"""One stream's stages, wired: sound in, stored lines out."""

from wallflower.pipeline.file import Recognised, recognise_file, without_noises
from wallflower.pipeline.pipeline import StreamPipeline
from wallflower.pipeline.recognise import lines_of
from wallflower.pipeline.shared import Shared

__all__ = ["Recognised", "Shared", "StreamPipeline", "lines_of", "recognise_file", "without_noises"]
