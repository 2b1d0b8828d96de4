"""``backproof worker``: does jobs in a process of its own."""

from importlib import import_module

WORKER = "backend.worker.main"
"""By name: doors do not import each other."""


def worker() -> None:
    """Do the jobs that servers queue, until Ctrl-C; with BACKPROOF_JOBS=celery those that Redis announces."""
    from backend.settings import load_settings

    import_module(WORKER).work(load_settings())
