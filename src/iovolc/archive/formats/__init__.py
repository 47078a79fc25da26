"""One reader module per family of formats; each gives a :class:`iovolc.archive.product.Product`."""
