"""A process that does jobs and answers nobody."""
