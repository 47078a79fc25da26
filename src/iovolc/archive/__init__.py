"""From catalogue rows and files to observations."""
