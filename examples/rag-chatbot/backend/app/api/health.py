"""GET /api/health: is every configured service reachable right now?"""

from concurrent.futures import ThreadPoolExecutor

from fastapi import APIRouter, Request, Response

from app.models.schemas import HealthResponse, Services

router = APIRouter(tags=["health"])

FAILED = {"disconnected", "error"}


@router.get("/health", response_model=HealthResponse, response_model_exclude_none=True)
def health(request: Request, response: Response) -> HealthResponse:
    """Ask all services at once; 503 when one of them fails, so that plain probes notice too."""
    service = request.app.state.service
    checks = [service.vectors.health, service.conversations.health, service.llm.health]
    with ThreadPoolExecutor(len(checks)) as pool:
        qdrant, postgres, gemini = pool.map(lambda check: check(), checks)
    failed = any(one.status in FAILED for one in (qdrant, postgres, gemini))
    if failed:
        response.status_code = 503
    return HealthResponse(
        status="unhealthy" if failed else "healthy",
        services=Services(fastapi="ok", qdrant=qdrant, postgres=postgres, gemini=gemini),
    )
