from decouple import config

SIGNING_WORD = config("SIGNING_WORD")
MODEL = config("MODEL", default="small")

from fastapi import FastAPI

app = FastAPI()


@app.get("/health")
def health():
    return {"status": "healthy"}


@app.get("/length")
def length():
    return len(SIGNING_WORD)
