"""Debian packages that Python packages need and the slim image lacks."""

from __future__ import annotations

from collections.abc import Iterable

from deployer.dependencies.requirements import Entry

# Python package: Debian packages, with the reason in the comment.
NEEDED = {
    "pytesseract": ("tesseract-ocr",),  # runs the tesseract program
    "pdf2image": ("poppler-utils",),  # runs pdftoppm
    "unstructured": ("libmagic1", "poppler-utils", "tesseract-ocr"),  # file types, PDF, OCR
    "python-magic": ("libmagic1",),  # loads libmagic
    "weasyprint": ("libpango-1.0-0", "libpangoft2-1.0-0"),  # loads pango
    "pydub": ("ffmpeg",),  # runs ffmpeg
    "moviepy": ("ffmpeg",),  # runs ffmpeg
    "ffmpeg-python": ("ffmpeg",),  # runs ffmpeg
    "openai-whisper": ("ffmpeg",),  # runs ffmpeg
    "opencv-python": ("libgl1", "libglib2.0-0"),  # loads OpenGL and GLib
    "pdfkit": ("wkhtmltopdf",),  # runs wkhtmltopdf
    "gitpython": ("git",),  # runs git
    "mysqlclient": ("default-libmysqlclient-dev", "pkg-config"),  # compiled against it
    "psycopg2": ("libpq-dev",),  # compiled against it
    "psycopg": ("libpq5",),  # loads libpq unless the binary extra is installed
    "pyaudio": ("portaudio19-dev",),  # compiled against it
    "soundfile": ("libsndfile1",),  # loads libsndfile
    "graphviz": ("graphviz",),  # runs dot
    "pycairo": ("libcairo2-dev", "pkg-config"),  # compiled against it
}


def system_packages(entries: Iterable[Entry]) -> tuple[str, ...]:
    """The Debian packages that these requirements need, sorted."""
    found: set[str] = set()
    for entry in entries:
        binary = entry.requirement is not None and "binary" in entry.requirement.extras
        found.update(() if binary else NEEDED.get(entry.name, ()))
        if "git+" in entry.raw:
            found.add("git")
    return tuple(sorted(found))
