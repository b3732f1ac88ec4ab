"""Settings of the window alone, as pages and files show them; see `engine.settings`."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LookSettings(_Section):
    """The look of the window."""

    language: Literal["system", "en", "de"] = Field(
        "system", description="Language of the window; takes effect with its next start"
    )
    theme: Literal["system", "light", "dark"] = Field(
        "system", description="Light, dark, or as the desktop is"
    )
    high_contrast: bool = Field(
        False, description="Black and white with strong borders, for eyes that need it"
    )
    blur_faces: bool = Field(
        False,
        description="Make all faces unrecognisable in the window itself; every frame is then "
        "looked at, so that recordings may play more slowly",
    )


class RecordSettings(_Section):
    """Recordings and snapshots."""

    folder: str = Field(
        "", description="Where they are written; empty for the user's folder of videos"
    )
    blur: bool = Field(True, description="Make all faces unrecognisable in them")
    keep_days: Annotated[float, Field(ge=0, le=3650)] = Field(
        30.0,
        description="Older ones in the folder are deleted when a new one begins; 0 keeps all",
        json_schema_extra={"unit": "days"},
    )


class WindowSettings(_Section):
    """All settings of the window."""

    look: LookSettings = LookSettings()
    record: RecordSettings = RecordSettings()
