"""Slack as the engine's and the game days' chat."""
