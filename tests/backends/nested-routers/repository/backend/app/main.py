from fastapi import FastAPI

from app.routers import api
from app.settings import API

app = FastAPI()
app.include_router(api, prefix=API)
