from fastapi import Form

from fastapi import FastAPI

app = FastAPI()


@app.get("/health")
def health():
    return {"status": "healthy"}


@app.post("/chat")
def chat(question: str = Form()):
    return question
