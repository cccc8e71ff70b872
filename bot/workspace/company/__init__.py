"""What the workspace holds: people, channels, messages, installed apps."""
