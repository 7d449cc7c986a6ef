from greetings import MORNING

from fastapi import FastAPI

app = FastAPI()


@app.get("/health")
def health():
    return {"status": "healthy"}


@app.get("/greeting")
def greeting():
    return MORNING
