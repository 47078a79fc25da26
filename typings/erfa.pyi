"""What iovolc uses of pyerfa: the table of leap seconds."""

import numpy as np
from numpy.typing import NDArray

class leap_seconds:  # noqa: N801
    @classmethod
    def get(cls) -> NDArray[np.void]: ...
