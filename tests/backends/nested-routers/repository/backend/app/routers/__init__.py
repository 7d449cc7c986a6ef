from fastapi import APIRouter

from app.routers.health import router
from app.settings import VERSION

api = APIRouter()
versioned = APIRouter(prefix=f"/v{VERSION}")
versioned.include_router(router)
api.include_router(versioned)
