"""Days with many teams at Slack's rates, played as people do, and how long people wait in them."""
