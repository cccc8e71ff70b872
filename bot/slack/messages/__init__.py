"""The words and the layout: a builder for everything that Ride says in Slack."""
