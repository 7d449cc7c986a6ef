"""A local Hub: serves the Hub's API on loopback and really runs the Spaces that are pushed to it."""
