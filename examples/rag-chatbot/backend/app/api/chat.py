"""POST /api/chat asks a question; GET /api/chat/{id} reads a conversation back."""

from fastapi import APIRouter, HTTPException, Request

from app.models.schemas import ChatRequest, ChatResponse, Message
from app.services.rag_service import RagService, Unavailable

router = APIRouter(tags=["chat"])


def _service(request: Request) -> RagService:
    return request.app.state.service


@router.post("/chat", summary="Ask a question about the handbook")
def ask(body: ChatRequest, request: Request) -> ChatResponse:
    """The answer with its sources."""
    try:
        return _service(request).answer(body.message, body.conversation_id)
    except Unavailable as error:
        raise HTTPException(status_code=503, detail=str(error)) from error


@router.get("/chat/{conversation_id}", summary="Read a conversation back")
def history(conversation_id: str, request: Request) -> list[Message]:
    """The messages of a conversation, oldest first; empty for an unknown one."""
    try:
        return _service(request).history(conversation_id)
    except Unavailable as error:
        raise HTTPException(status_code=503, detail=str(error)) from error
