from fastapi import FastAPI

from service.routes import router


def create_app() -> FastAPI:
    app = FastAPI(title="Factory")
    app.include_router(router)
    return app
