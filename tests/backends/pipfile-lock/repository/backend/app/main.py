from importlib.metadata import version

from fastapi import FastAPI

app = FastAPI()


@app.get("/health")
def health():
    return {"status": "healthy"}


@app.get("/version")
def idna_version():
    return version("idna")
