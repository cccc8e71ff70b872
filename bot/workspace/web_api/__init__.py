"""Slack's Web API: tokens, arguments, rates, methods."""
