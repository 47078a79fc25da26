"""Tables, rasters, figures and the page."""
