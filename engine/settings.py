"""Every setting of the engine: default, unit, range and reason, in one place.

The command line, the settings dialog and TOML files are made from these fields: `description` is
the text people read; `json_schema_extra={"unit": …}` the unit.
"""

from enum import StrEnum
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError


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


LONGEST_LOST_S = 60


class TrackSettings(_Section):
    """Following faces."""

    lost_s: Annotated[float, Field(ge=0, le=LONGEST_LOST_S)] = Field(
        2.0,
        description="How long a face may be gone and come back as the same track",
        json_schema_extra=_unit("s"),
    )
    reentry: bool = Field(
        True, description="Compare faces (in memory only) when one comes back elsewhere"
    )


class Effort(StrEnum):
    """How much attention frames and faces get."""

    EXHAUSTIVE = "exhaustive"
    """Every face of every frame is looked for and estimated."""
    BALANCED = "balanced"
    """What changes nothing is left out."""
    FAST = "fast"
    """Like balanced, content with less."""


class ScheduleSettings(_Section):
    """Spending attention."""

    effort: Effort = Field(
        Effort.BALANCED,
        description="exhaustive looks at every face of every frame; balanced and fast only where "
        "it tells something new",
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

    name: Literal["auto", "onnxruntime", "openvino", "tensorrt"] = Field(
        "auto", description="What runs the models; auto takes what doctor measured fastest here"
    )
    require_gpu: bool = Field(
        False, description="Fail where the models would not run on a GPU, instead of being slow"
    )
    threads: Annotated[int, Field(ge=0, le=64)] = Field(
        0, description="Threads of one model call; 0 for all cores up to 4"
    )
    cuda: Literal["cuda-bindings", "pycuda"] = Field(
        "cuda-bindings", description="TensorRT: what binds CUDA; pycuda has no CUDA graphs"
    )
    cuda_graphs: bool = Field(
        True, description="TensorRT: record each batch size once and replay it; less work a call"
    )
    workspace_mib: Annotated[int, Field(ge=16, le=65536)] = Field(
        1024,
        description="TensorRT: most GPU memory that one kernel may use for itself",
        json_schema_extra=_unit("MiB"),
    )
    hardware_compatible: bool = Field(
        False, description="TensorRT: engines for any GPU from Ampere on; somewhat slower"
    )
    engine_folder: str = Field(
        "", description="TensorRT: where built engines are kept; empty for the user's cache folder"
    )


class StoreSettings(_Section):
    """Keeping what unattended cameras saw."""

    keep_days: Annotated[float, Field(ge=0, le=36500)] = Field(
        30.0,
        description="Rows older than this are forgotten; 0 keeps all",
        json_schema_extra=_unit("days"),
    )
    most_mb: Annotated[int, Field(ge=0, le=1_000_000)] = Field(
        1000,
        description="Size of the store from which the oldest rows are forgotten; 0 for any",
        json_schema_extra=_unit("MB"),
    )
    min_free_mb: Annotated[int, Field(ge=0, le=1_000_000)] = Field(
        500,
        description="Nothing is written while less than this is free on the disk",
        json_schema_extra=_unit("MB"),
    )


class BlurStyle(StrEnum):
    """What is put over faces that nobody shall recognise."""

    PIXELATE = "pixelate"
    SOLID = "solid"
    GAUSSIAN = "gaussian"


class PrivacySettings(_Section):
    """Hiding faces, where that is asked for."""

    blur_style: BlurStyle = Field(
        BlurStyle.PIXELATE, description="What hides faces: a mosaic, one grey, or a soft blur"
    )
    blur_larger: Annotated[float, Field(ge=1, le=4)] = Field(
        1.3, description="Size of what is hidden, in sizes of the face: hair, ears and chin too"
    )
    blur_hold_s: Annotated[float, Field(ge=0, le=60)] = Field(
        1.0,
        description="How long a face that was lost stays hidden where it was last seen",
        json_schema_extra=_unit("s"),
    )


class StreamSettings(_Section):
    """Reading live sources."""

    hwaccel: Literal["auto", "cuda", "vaapi", "none"] = Field(
        "none",
        description="What decodes video: the CPU (none), a device, or the first that works (auto)",
    )


class KioskSettings(_Section):
    """Speaking to people before a screen."""

    near: Annotated[float, Field(ge=0.02, le=1)] = Field(
        0.12,
        description="Size of a face from which somebody is near, in shorter sides of the picture",
    )
    most: Annotated[int, Field(ge=1, le=4)] = Field(
        4, description="Most visitors spoken to at a time, the nearest first"
    )


CHALLENGE_TOO_LOW: Final = "the challenge age must be {age} or more, or 0 for none"


class GateSettings(_Section):
    """Deciding whether somebody is over an age."""

    age: Annotated[int, Field(ge=1, le=100)] = Field(
        18, description="Age that is asked about", json_schema_extra=_unit("years")
    )
    challenge: Annotated[int, Field(ge=0, le=100)] = Field(
        0,
        description="Who is over, but looks younger than this, is asked by a person; 0 for none",
        json_schema_extra=_unit("years"),
    )
    wrongly_over: Annotated[float, Field(gt=0, le=0.2)] = Field(
        0.01, description="Probability up to which somebody under the age may be taken for over it"
    )
    wrongly_under: Annotated[float, Field(gt=0, le=0.2)] = Field(
        0.05, description="Probability up to which somebody over the age may be taken for under it"
    )
    least_looks: Annotated[float, Field(ge=1, le=100)] = Field(
        3.0, description="Effective frames without which nothing is decided"
    )
    hold_s: Annotated[float, Field(ge=0, le=10)] = Field(
        0.4,
        description="How long a decision has to hold before it is shown",
        json_schema_extra=_unit("s"),
    )
    patience_s: Annotated[float, Field(ge=1, le=120)] = Field(
        12.0,
        description="Time without a decision after which a person is asked",
        json_schema_extra=_unit("s"),
    )

    @model_validator(mode="after")
    def _challenge_is_older(self) -> Self:
        if self.challenge and self.challenge < self.age:
            raise PydanticCustomError("challenge", CHALLENGE_TOO_LOW, {"age": self.age})
        return self


class Settings(_Section):
    """All settings of the engine."""

    detect: DetectSettings = DetectSettings()
    track: TrackSettings = TrackSettings()
    schedule: ScheduleSettings = ScheduleSettings()
    estimate: EstimateSettings = EstimateSettings()
    belief: BeliefSettings = BeliefSettings()
    runtime: RuntimeSettings = RuntimeSettings()
    store: StoreSettings = StoreSettings()
    stream: StreamSettings = StreamSettings()
    kiosk: KioskSettings = KioskSettings()
    gate: GateSettings = GateSettings()
    privacy: PrivacySettings = PrivacySettings()
