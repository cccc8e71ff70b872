"""The only room that knows Slack: listeners, messages, the chat adapter and the app's manifest."""
