from fastapi import FastAPI

app = FastAPI()


@app.get("/health")
def health():
    return {"status": "healthy"}


@app.get("/rows")
def rows():
    import psycopg

    return psycopg.connect().execute("SELECT 1").fetchall()
