"""Use cases: what can be asked of the system, over ports alone; no framework, no store, no provider is named here."""
