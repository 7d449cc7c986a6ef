import os

GREETING = os.environ["GREETING"]

from fastapi import FastAPI

app = FastAPI()


@app.get("/health")
def health():
    return {"status": "healthy"}


@app.get("/greeting")
def greeting():
    return GREETING
