"""The engine: every number Legible shows, in plain Python that knows nothing of the web."""
