"""The Space's image: the Dockerfile that is made, or the one that the backend brings."""
