from fastapi import FastAPI

app = FastAPI()


@app.post("/chat")
def chat(question: str):
    return {"answer": question}
