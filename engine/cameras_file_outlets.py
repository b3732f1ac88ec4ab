"""The parts of a cameras file that send events away: `[mqtt]` and `[[webhook]]`."""

from typing import Annotated, Literal
from urllib.parse import SplitResult, urlsplit

from pydantic import BaseModel, ConfigDict, Field, Strict

from engine.cameras_file_secrets import fill_in
from engine.errors import SettingsError

_SHORTEST_SECRET = 16
_HIDDEN_PORTS = {"mqtt": 1883, "mqtts": 8883, "http": 80, "https": 443}

What = Literal["visit", "zone"]
Chosen = Annotated[tuple[What, ...], Strict(False), Field(min_length=1)]
Name = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[\w][\w .()+-]*$")]
Address = Annotated[str, Field(min_length=1, max_length=2048)]
_EVENTS = "visit: when somebody has gone; zone: who enters or leaves an area or crosses a line"
_SECRETS = "${NAME} is taken from the environment, ${keyring:SERVICE/USER} from the keyring"


class Table(BaseModel):
    """A table of the cameras file: nothing unknown is in it, and nothing is converted."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True)


class Mqtt(Table):
    """`[mqtt]`."""

    broker: Address = Field(
        repr=False,
        description=f"mqtt://user:password@host:1883, or mqtts:// over TLS (port 8883); {_SECRETS}",
    )
    topic: Annotated[str, Field(pattern=r"^[^+#$\x00/][^+#\x00]*[^+#\x00/]$", max_length=200)] = (
        Field("agescope", description="What all topics begin with: TOPIC/CAMERA/visit or /zone")
    )
    events: Chosen = Field(("visit", "zone"), description=_EVENTS)

    @property
    def shown(self) -> str:
        """What logs and metrics call it."""
        return "mqtt"

    def check(self) -> None:
        """Look whether its secrets are there and the broker's address is whole.

        Raises:
            SettingsError: It cannot be used; the message holds no secret.
        """
        endpoint(fill_in(self.broker), ("mqtt", "mqtts"))


class Webhook(Table):
    """One `[[webhook]]`."""

    name: Name = Field(description="Unique; what logs and metrics call it")
    url: Address = Field(repr=False, description=f"https://user:password@host/path; {_SECRETS}")
    secret: Address = Field(
        repr=False, description=f"Signs every message; 16 characters or more; {_SECRETS}"
    )
    events: Chosen = Field(("visit", "zone"), description=_EVENTS)
    allow_private: bool = Field(
        False, description="Whether the address may be http:// and lie in a private network"
    )

    @property
    def shown(self) -> str:
        """What logs and metrics call it; its whole address may be a secret."""
        return f"webhook {self.name}"

    def check(self) -> None:
        """Look whether its secrets are there and its address is whole.

        Raises:
            SettingsError: It cannot be used; the message holds no secret.
        """
        schemes = ("https", "http") if self.allow_private else ("https",)
        endpoint(fill_in(self.url), schemes)
        if len(fill_in(self.secret)) < _SHORTEST_SECRET:
            raise SettingsError(f"has a secret of less than {_SHORTEST_SECRET} characters.")


class OutletTables(Table):
    """The tables of a cameras file that send events away."""

    mqtt: Mqtt | None = None
    webhooks: Annotated[tuple[Webhook, ...], Strict(False)] = Field((), alias="webhook")


def endpoint(address: str, schemes: tuple[str, ...]) -> tuple[SplitResult, int]:
    """The parts of a network address, and its port.

    Raises:
        SettingsError: It is no whole address of one of the schemes; the message does not hold it.
    """
    kinds = " or ".join(f"{scheme}://" for scheme in schemes)
    try:
        parts = urlsplit(address)
        port = parts.port or _HIDDEN_PORTS.get(parts.scheme, 0)
        whole = parts.scheme in schemes and bool(parts.hostname)
    except ValueError:
        whole = False
    if not whole or not address.isprintable() or not address.isascii() or " " in address:
        raise SettingsError(f"is no whole address that begins with {kinds}.")
    return parts, port
