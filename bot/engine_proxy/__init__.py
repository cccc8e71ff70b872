"""A door in front of the Docker engine that lets through only the calls Ride makes.

Whoever may use an engine's socket is root on that machine. The bot speaks with strangers and with Slack, so
in a deployment it gets this door instead: it can make, start, look at and remove sandboxes, and nothing else.
"""
