"""The `ride` command: a module a sub-command."""
