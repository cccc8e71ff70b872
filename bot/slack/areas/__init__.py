"""What people can do in Slack, an area a module."""
