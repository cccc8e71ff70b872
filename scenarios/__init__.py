"""What an incident is: model, catalogue, signals, scoring and postmortem text. No I/O but its own files."""
