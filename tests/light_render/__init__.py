"""Pictures of Io under any light, made without the package's own light: the truth that it is measured against.

Nothing here imports ``iovolc.light``; formulas are written a second time, from the literature, on purpose.
"""
