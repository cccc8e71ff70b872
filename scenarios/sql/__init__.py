"""What a statement does, read from PostgreSQL's own syntax tree."""
