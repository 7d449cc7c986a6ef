from fastapi import FastAPI

api = FastAPI()


@api.get("/health")
def health():
    return {"status": "healthy"}


@api.get("/name")
def name():
    return __name__.split(".")[0]
