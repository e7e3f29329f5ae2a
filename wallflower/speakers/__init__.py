"""Voice prints and whose they are: encoder, clustering, online assignment."""

from wallflower.speakers.encoder import Encoder
from wallflower.speakers.export import export_encoder
from wallflower.speakers.online.identity import Speakers

__all__ = ["Encoder", "Speakers", "export_encoder"]
