import sqlite3
from pathlib import Path

BOOKS = Path(__file__).parent / "data" / "books.sqlite"

from fastapi import FastAPI

app = FastAPI()


@app.get("/health")
def health():
    return {"status": "healthy"}


@app.get("/tables")
def tables():
    connection = sqlite3.connect(f"file:{BOOKS}?mode=ro", uri=True)
    return [row[0] for row in connection.execute("SELECT name FROM sqlite_master")]
