"""Opens the application for a command: reads the settings, sets up the log, plugs the parts together."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from backend.bootstrap import Application


def open_application(**overrides: Any) -> "Application":
    """The application with the effective settings; ``overrides`` beat the environment.

    Raises:
        InvalidInput: a setting is unknown or not valid.
    """
    from backend.settings import load_settings

    settings = load_settings(**overrides)

    from backend.bootstrap import build
    from backend.observability import configure_logging

    configure_logging(settings.log_level, settings.secrets)
    return build(settings)
