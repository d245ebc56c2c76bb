"""Python client of Signalbox."""

from .client import Client
from .errors import ConnectionLost, Refused, SignalboxError

__all__ = ["Client", "ConnectionLost", "Refused", "SignalboxError"]
