from backend.db import rows

from fastapi import FastAPI

app = FastAPI()


@app.get("/health")
def health():
    return {"status": "healthy"}


@app.get("/rows")
def read_rows():
    return rows()
