import psycopg
from fastapi import FastAPI, Form
from pydantic import BaseModel, EmailStr

app = FastAPI()


class Person(BaseModel):
    address: EmailStr

@app.post("/people")
def add(name: str = Form()):
    return psycopg.connect().execute("SELECT %s", [name]).fetchone()


@app.get("/health")
def health():
    return {"status": "healthy"}
