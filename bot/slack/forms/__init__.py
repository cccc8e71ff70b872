"""Modals: opened in time, read, and shown again."""
