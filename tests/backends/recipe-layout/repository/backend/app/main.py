from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from app.api import chat, health
from app.core.config import ALLOWED_ORIGINS

app = FastAPI(title="Book chat")
app.add_middleware(CORSMiddleware, allow_origins=ALLOWED_ORIGINS, allow_methods=["*"])
app.include_router(health.router, prefix="/api")
app.include_router(chat.router, prefix="/api")
