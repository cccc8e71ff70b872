"""From a journal to what people read."""
