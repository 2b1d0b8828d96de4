"""Files that are sent: read from a form as they come, and kept for as long as they are imported."""
