"""Every store port over SQLAlchemy Core: one small class a port, one schema, one place for faults."""
