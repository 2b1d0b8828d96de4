"""Language models: one call at a time on behalf of a session, within its budget, recorded, and checked before use."""
