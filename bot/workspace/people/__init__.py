"""People of the workspace at work: what they see, type, click and fill in."""
