"""A ride that is over, as a document: Markdown for a wiki, JSON for programs."""
