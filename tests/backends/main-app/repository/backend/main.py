from models import Greeting

from fastapi import FastAPI

app = FastAPI()


@app.get("/health")
def health():
    return {"status": "healthy"}


@app.get("/greeting")
def greeting() -> Greeting:
    return Greeting(text="from models")
