import pytesseract

from fastapi import FastAPI

app = FastAPI()


@app.get("/health")
def health():
    return {"status": "healthy"}


@app.get("/tesseract")
def tesseract():
    return f"tesseract {pytesseract.get_tesseract_version()}"
