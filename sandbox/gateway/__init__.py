"""A way in for learners' own clients."""
