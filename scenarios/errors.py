"""Errors of the scenarios room."""


class ScenarioError(Exception):
    """Something about a scenario is wrong."""
