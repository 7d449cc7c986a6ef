"""A local Hub: the Hub's API on loopback, and Spaces that really run."""
