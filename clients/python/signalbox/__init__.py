"""Python client of Signalbox."""

from .client import Client
from .errors import ConnectionLost, Refused, RunFailed, SignalboxError

__all__ = ["Client", "ConnectionLost", "Refused", "RunFailed", "SignalboxError"]
