"""What changes mean over time: events, their names and their onset."""
