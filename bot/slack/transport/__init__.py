"""Calls to Slack within its rates, and what comes in from it."""
