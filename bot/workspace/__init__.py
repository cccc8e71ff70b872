"""A local Slack-compatible workspace with a web page, so that nobody needs a Slack account to ride."""
