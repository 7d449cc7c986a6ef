from fastapi import APIRouter

router = APIRouter(tags=["health"])


@router.get("/health", summary="How the services are")
async def health():
    return {"status": "healthy", "services": {"fastapi": "ok"}}
