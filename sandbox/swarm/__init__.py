"""Sandboxes as services of a Docker swarm."""
