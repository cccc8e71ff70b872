"""The web page of the local workspace: channels, threads and Block Kit in a browser."""
