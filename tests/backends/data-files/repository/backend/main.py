import csv
from pathlib import Path

HERE = Path(__file__).parent

from fastapi import FastAPI

app = FastAPI()


@app.get("/health")
def health():
    return {"status": "healthy"}


@app.get("/first")
def first():
    with (HERE / "data" / "도서 목록.csv").open(encoding="utf-8") as file:
        return next(csv.DictReader(file))


@app.get("/store")
def store():
    return sorted(path.name for path in Path("chroma").rglob("*"))
