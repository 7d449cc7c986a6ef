from fastapi import APIRouter

router = APIRouter(prefix="/health")


@router.api_route("", methods=["GET", "HEAD"])
def health():
    return {"status": "up"}
