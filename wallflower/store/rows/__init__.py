"""Rows inside a transaction, and what of the domain they hold."""
