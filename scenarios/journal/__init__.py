"""What happened in a ride, event by event."""
