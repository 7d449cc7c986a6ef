import logging

logging.basicConfig(filename="logs/app.log", level=logging.INFO)
logging.info("started")

from fastapi import FastAPI

app = FastAPI()


@app.get("/health")
def health():
    return {"status": "healthy"}


@app.get("/log")
def log():
    with open("logs/app.log") as file:
        return file.read()
