from pathlib import Path

BOOK = Path(__file__).resolve().parents[1] / "content" / "book.md"

from fastapi import FastAPI

app = FastAPI()


@app.get("/health")
def health():
    return {"status": "healthy"}


@app.get("/book")
def book():
    return BOOK.read_text()
