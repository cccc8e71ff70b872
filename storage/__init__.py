"""What happened, kept: rides, their journals, timelines and scorecards, in SQLite or PostgreSQL."""
