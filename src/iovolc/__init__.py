"""iovolc finds and follows volcanic change on Jupiter's moon Io."""

__version__ = "0.1.0"
