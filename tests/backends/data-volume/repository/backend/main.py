import os
import sqlite3

TODO_DATABASE = os.environ.get("TODO_DATABASE", "/data/todo.db")
connection = sqlite3.connect(TODO_DATABASE, check_same_thread=False)
connection.execute("CREATE TABLE IF NOT EXISTS item (text TEXT)")

from fastapi import FastAPI

app = FastAPI()


@app.get("/health")
def health():
    return {"status": "healthy"}


@app.get("/items")
def items():
    return connection.execute("SELECT count(*) FROM item").fetchone()[0]
