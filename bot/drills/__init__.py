"""Unannounced drills: when they start, that they do, and the calendar of the times in which they don't."""
