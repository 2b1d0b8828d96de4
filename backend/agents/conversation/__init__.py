"""Follow-ups: what each asks of a session, how it goes on, and answers from stored numbers."""
