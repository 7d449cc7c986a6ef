from fastapi import FastAPI

app = FastAPI()


@app.get("/health")
def health():
    return {"status": "healthy"}


type Pair[T] = tuple[T, T]


@app.get("/pair")
def pair() -> str:
    both: Pair[str] = ("a", "b")
    return f"{"-".join(both)}"
