"""Who may do what, and who is on call."""
