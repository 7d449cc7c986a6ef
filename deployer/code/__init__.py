"""What the backend's Python code says, read and never run: the app, its routes, its environment."""
