"""One module for each noun; each has a ``router``, which ``backend/api/app.py`` includes."""
