"""Sandboxes as processes beside this program."""
