"""Follow-ups: how they are read, what they change, and what they never change."""
