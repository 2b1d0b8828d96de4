"""The words of the system: frozen records, errors and ports, importing nothing else of ours."""
