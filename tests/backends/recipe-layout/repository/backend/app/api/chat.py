from fastapi import APIRouter

from app.core.config import ALLOWED_ORIGINS

router = APIRouter()


@router.get("/chat")
async def chat(question: str):
    return {"answer": f"You asked: {question}"}


@router.get("/origins")
async def origins():
    return ALLOWED_ORIGINS
