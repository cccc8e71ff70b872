"""A learner's SQL: from what was typed to what came of it."""
