from shared.models import Model

from fastapi import FastAPI

app = FastAPI()


@app.get("/health")
def health():
    return {"status": "healthy"}


@app.get("/model")
def model():
    return Model.__module__
