"""`wallflower transcribe`: any media file through the stages the streams use."""
