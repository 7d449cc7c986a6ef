from fastapi import FastAPI, Request

from wrapper import Stamp

api = FastAPI()


@api.get("/health")
def health():
    return {"status": "ok"}


@api.get("/seen")
def seen(request: Request):
    return request.scope.get("stamp", "bare")


app = Stamp(api)
