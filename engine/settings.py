"""Every setting of the engine: default, unit, range and reason, in one place.

The command line, the settings dialog and TOML files are made from these fields: `description` is
the text people read; `json_schema_extra={"unit": …}` the unit.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict


def _unit(name: str) -> JsonDict:
    return {"unit": name}


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DetectSettings(_Section):
    """Finding faces."""

    detector: Literal["yunet", "mediapipe"] = Field(
        "yunet", description="yunet finds near and far faces; mediapipe only near ones, faster"
    )
    smallest_face_px: Annotated[int, Field(ge=8, le=2000)] = Field(
        20,
        description="Smallest face to find, in the full picture; larger is faster",
        json_schema_extra=_unit("px"),
    )
    longest_px: Annotated[int, Field(ge=0, le=16384)] = Field(
        0,
        description="Longest side of the picture the detector looks at; 0 for no bound",
        json_schema_extra=_unit("px"),
    )
    score: Annotated[float, Field(ge=0.05, le=0.99)] = Field(
        0.5, description="Score from which a face may start a track"
    )
    low_score: Annotated[float, Field(ge=0.05, le=0.99)] = Field(
        0.3, description="Score from which a face may continue a track"
    )


class TrackSettings(_Section):
    """Following faces."""

    lost_s: Annotated[float, Field(ge=0, le=60)] = Field(
        2.0,
        description="How long a face may be gone and come back as the same track",
        json_schema_extra=_unit("s"),
    )
    reentry: bool = Field(
        True, description="Compare faces (in memory only) when one comes back elsewhere"
    )


class EstimateSettings(_Section):
    """Estimating ages."""

    smallest_quality: Annotated[float, Field(ge=0, le=1)] = Field(
        0.05, description="Faces of lower quality are tracked but not estimated"
    )
    batch: Annotated[int, Field(ge=1, le=64)] = Field(
        8, description="Most faces estimated in one call of the model"
    )


class BeliefSettings(_Section):
    """Fusing estimates over a track."""

    forget_s: Annotated[float, Field(ge=0, le=3600)] = Field(
        0.0,
        description="Time after which old estimates count 1/e; 0 keeps all (a person does not age)",
        json_schema_extra=_unit("s"),
    )
    reset: Annotated[float, Field(ge=0, le=0.1)] = Field(
        0.001,
        description="Odds at which a track is taken for another person; 0 for never",
    )
    stable_frames: Annotated[float, Field(ge=1, le=100)] = Field(
        3.0, description="Effective frames from which a belief can be stable"
    )


class RuntimeSettings(_Section):
    """Running the models."""

    threads: Annotated[int, Field(ge=0, le=64)] = Field(
        0, description="Threads of one model call; 0 for all cores up to 4"
    )


class Settings(_Section):
    """All settings of the engine."""

    detect: DetectSettings = DetectSettings()
    track: TrackSettings = TrackSettings()
    estimate: EstimateSettings = EstimateSettings()
    belief: BeliefSettings = BeliefSettings()
    runtime: RuntimeSettings = RuntimeSettings()
