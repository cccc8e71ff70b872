"""Who is best, fairly: results, leaderboards, and what to ride next."""
