"""Builds the app's image without a container engine and starts it: script/check-image."""
