from pathlib import Path

BOOK = Path("/srv/content/book.md")
HERE = Path(__file__).resolve().parent.parent / "content" / "book.md"

from fastapi import FastAPI

app = FastAPI()


@app.get("/health")
def health():
    return {"status": "healthy"}


@app.get("/book")
def book():
    return (HERE if HERE.exists() else BOOK).read_text()
