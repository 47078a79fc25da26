"""What iovolc uses of astronomy-engine."""

from enum import Enum

class Body(Enum):
    Earth = ...
    Jupiter = ...

class Time:
    @staticmethod
    def FromTerrestrialTime(tt: float) -> Time: ...  # noqa: N802

class Vector:
    x: float
    y: float
    z: float

class StateVector(Vector):
    vx: float
    vy: float
    vz: float

class JupiterMoonsInfo:
    io: StateVector

def HelioVector(body: Body, time: Time) -> Vector: ...  # noqa: N802
def HelioState(body: Body, time: Time) -> StateVector: ...  # noqa: N802
def JupiterMoons(time: Time) -> JupiterMoonsInfo: ...  # noqa: N802
