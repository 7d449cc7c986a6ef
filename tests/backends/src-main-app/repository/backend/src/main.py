from src.services.answers import answer

from fastapi import FastAPI

app = FastAPI()


@app.get("/health")
def health():
    return {"status": "healthy"}


@app.get("/answer")
def read_answer():
    return answer()
