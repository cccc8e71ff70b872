"""From a journal to a scorecard."""
