"""Plays a stored session again from its recorded replies and its pinned data, beside the store that holds it."""

from backend.services.replays.playing import Replayed, Replays, Stage
from backend.services.replays.recording import Recording

__all__ = ["Recording", "Replayed", "Replays", "Stage"]
