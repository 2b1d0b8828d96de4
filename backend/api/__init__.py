"""The HTTP door: parses requests, calls the services, and answers in documented JSON."""
