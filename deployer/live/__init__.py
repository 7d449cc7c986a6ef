"""What a browser would see: CORS as it judges it, and the live frontend as it is served."""
