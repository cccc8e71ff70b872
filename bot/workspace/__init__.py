"""A local Slack-compatible workspace, strict as Slack is, so that nobody needs a Slack account to ride."""
