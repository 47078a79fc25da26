"""From pixels of any view of Io to the common grid: longitudes, sphere, projections, warp, registration."""
