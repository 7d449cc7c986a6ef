import os

ALLOWED_ORIGINS = [each.strip() for each in os.getenv("ALLOWED_ORIGINS", "http://localhost:3000").split(",")]
