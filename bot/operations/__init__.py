"""What those who run Ride see of it: health, readiness and metrics."""
