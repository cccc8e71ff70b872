"""Block Kit, checked as Slack checks it."""
