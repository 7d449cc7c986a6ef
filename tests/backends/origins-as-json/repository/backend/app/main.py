from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from app.config import settings

app = FastAPI()
app.add_middleware(CORSMiddleware, allow_origins=settings.cors_origins)


@app.get("/health")
def health():
    return {"status": "ok"}


@app.get("/origins")
def origins():
    return settings.cors_origins
