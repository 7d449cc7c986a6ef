from shop.prices import PRICES

from fastapi import FastAPI

app = FastAPI()


@app.get("/health")
def health():
    return {"status": "healthy"}


@app.get("/prices")
def prices():
    return PRICES
