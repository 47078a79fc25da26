"""Labels of planetary images: their text, their keywords, and what these say of pixels and place."""
