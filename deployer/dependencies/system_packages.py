"""Debian packages that the app needs and the slim image lacks, each with its reason.

Every name is one that Debian 12 (bookworm) and 13 (trixie) can both install, but for those in
``RELEASES``. Packages whose wheels bring what they need have no row.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from deployer.dependencies.requirements import Entry


class Need(Struct, frozen=True):
    """Debian packages, and why a Python package needs them."""

    debian: tuple[str, ...]
    reason: str


_OCR = Need(("tesseract-ocr",), "runs the program tesseract")
_POPPLER = Need(("poppler-utils",), "runs pdftoppm and pdftotext")
_MAGIC = Need(("libmagic1",), "loads libmagic to tell file types")
_FFMPEG = Need(("ffmpeg",), "runs the program ffmpeg")
_GL = Need(("libgl1", "libglib2.0-0"), "loads OpenGL and GLib")
_PANGO = Need(
    (
        *("libpango-1.0-0", "libpangoft2-1.0-0", "libpangocairo-1.0-0", "libharfbuzz-subset0"),
        *("libcairo2", "libgdk-pixbuf-2.0-0", "fonts-dejavu-core"),
    ),
    "loads pango, cairo and gdk-pixbuf; the image has no fonts",
)
_WKHTML = Need(("wkhtmltopdf",), "runs wkhtmltopdf, which Debian 13 no longer has")
_GIT = Need(("git",), "runs the program git")
_JAVA = Need(("default-jre-headless",), "starts a Java machine")
_CHROMIUM = Need(("chromium", "chromium-driver"), "drives a browser")
_GHOSTSCRIPT = Need(("ghostscript",), "runs or loads ghostscript")
_OFFICE = Need(("libreoffice-writer",), "converts documents with LibreOffice")
_ODBC = Need(("unixodbc",), "loads the ODBC manager")
_MYSQL = Need(("default-libmysqlclient-dev", "pkg-config"), "is compiled against the MySQL client")
_ESPEAK = Need(("espeak-ng",), "loads or runs espeak")
_PORTAUDIO = Need(("portaudio19-dev",), "is compiled against PortAudio")
_CAIRO = Need(("libcairo2-dev", "pkg-config"), "is compiled against cairo")
_SNDFILE = Need(("libsndfile1",), "loads libsndfile")
_DOT = Need(("graphviz",), "runs the program dot")
_ZBAR = Need(("libzbar0",), "loads zbar to read bar codes")
_LDAP = Need(("libldap-dev", "libsasl2-dev"), "is compiled against OpenLDAP")
_CMAKE = Need(("cmake", "make"), "is compiled with cmake")
_MAGICK = Need(("libmagickwand-dev",), "loads ImageMagick")
_PARSERS = Need(
    ("antiword", "unrtf", "poppler-utils", "tesseract-ocr"), "runs a program per format"
)

# Python package, normalised: what it needs.
NEEDED: Final[dict[str, tuple[Need, ...]]] = {
    # Text and pictures out of documents
    "pytesseract": (_OCR,),
    "tesserocr": (_OCR, Need(("libtesseract-dev", "libleptonica-dev", "pkg-config"), "compiled")),
    "ocrmypdf": (_OCR, _GHOSTSCRIPT),
    "pdf2image": (_POPPLER,),
    "pdftotext": (Need(("libpoppler-cpp-dev", "pkg-config"), "is compiled against poppler"),),
    "unstructured": (_MAGIC, _POPPLER, _OCR),
    "unstructured-inference": (_GL, _POPPLER, _OCR),
    "unstructured-pytesseract": (_OCR,),
    "python-magic": (_MAGIC,),
    "textract": (_PARSERS,),
    "docx2pdf": (_OFFICE,),
    "unoconv": (_OFFICE,),
    "unoserver": (_OFFICE,),
    "camelot-py": (_GHOSTSCRIPT, _GL),
    "ghostscript": (_GHOSTSCRIPT,),
    "pypandoc": (Need(("pandoc",), "runs the program pandoc"),),
    "tabula-py": (_JAVA,),
    "tika": (_JAVA,),
    "pyspark": (_JAVA,),
    "konlpy": (_JAVA,),
    "jpype1": (_JAVA,),
    "language-tool-python": (_JAVA,),
    "pyzbar": (_ZBAR,),
    "wand": (_MAGICK,),
    "pyvips": (Need(("libvips42",), "loads libvips"),),
    "pyexiftool": (Need(("libimage-exiftool-perl",), "runs the program exiftool"),),
    "paddleocr": (_GL, Need(("libgomp1",), "loads OpenMP")),
    # Documents out of text
    "weasyprint": (_PANGO,),
    "django-weasyprint": (_PANGO,),
    "cairosvg": (Need(("libcairo2", "fonts-dejavu-core"), "loads cairo"),),
    "cairocffi": (Need(("libcairo2",), "loads cairo"),),
    "pycairo": (_CAIRO,),
    "rlpycairo": (_CAIRO,),
    "xhtml2pdf": (_CAIRO,),
    "pdfkit": (_WKHTML,),
    "imgkit": (_WKHTML,),
    "graphviz": (_DOT,),
    "pydot": (_DOT,),
    "pygraphviz": (_DOT, Need(("libgraphviz-dev", "pkg-config"), "is compiled against graphviz")),
    "diagrams": (_DOT,),
    # Sound and pictures
    "pydub": (_FFMPEG,),
    "moviepy": (_FFMPEG,),
    "ffmpeg-python": (_FFMPEG,),
    "openai-whisper": (_FFMPEG,),
    "whisperx": (_FFMPEG,),
    "yt-dlp": (_FFMPEG,),
    "audioread": (_FFMPEG,),
    "librosa": (_SNDFILE,),
    "soundfile": (_SNDFILE,),
    "torchaudio": (_SNDFILE,),
    "sounddevice": (Need(("libportaudio2",), "loads PortAudio"),),
    "pyaudio": (_PORTAUDIO,),
    "speechrecognition": (Need(("flac",), "runs the program flac"),),
    "pyttsx3": (_ESPEAK,),
    "phonemizer": (_ESPEAK,),
    "py-espeak-ng": (_ESPEAK,),
    "sox": (Need(("sox",), "runs the program sox"),),
    "opencv-python": (_GL,),
    "opencv-contrib-python": (_GL,),
    "dlib": (_CMAKE,),
    "face-recognition": (_CMAKE,),
    "open3d": (_GL, Need(("libgomp1",), "loads OpenMP")),
    "insightface": (_GL,),
    "ultralytics": (_GL,),
    # Databases and directories
    "mysqlclient": (_MYSQL,),
    "psycopg2": (Need(("libpq-dev",), "is compiled against libpq"),),
    "psycopg": (Need(("libpq5",), "loads libpq unless the extra `binary` is installed"),),
    "pyodbc": (_ODBC,),
    "aioodbc": (_ODBC,),
    "turbodbc": (Need(("unixodbc-dev",), "is compiled against ODBC"),),
    "pymssql": (Need(("freetds-dev",), "is compiled against FreeTDS where it has no wheel"),),
    "python-ldap": (_LDAP,),
    "xmlsec": (Need(("libxmlsec1-dev", "pkg-config"), "is compiled against xmlsec"),),
    "python3-saml": (Need(("libxmlsec1-dev", "pkg-config"), "needs xmlsec"),),
    "gssapi": (Need(("libkrb5-dev",), "is compiled against Kerberos"),),
    "gdal": (Need(("libgdal-dev",), "is compiled against GDAL"),),
    # Programs and browsers
    "gitpython": (_GIT,),
    "selenium": (_CHROMIUM,),
    "pyppeteer": (_CHROMIUM,),
    "playwright": (Need(("chromium",), "its own browser needs the same libraries"),),
    "lightgbm": (Need(("libgomp1",), "loads OpenMP"),),
    "pyenchant": (Need(("libenchant-2-2",), "loads enchant"),),
}
# Programs that the code itself starts: the Debian package that has them.
PROGRAMS: Final[dict[str, str]] = {
    **dict.fromkeys(("ffmpeg", "ffprobe"), "ffmpeg"),
    **dict.fromkeys(
        ("pdftotext", "pdftoppm", "pdfinfo", "pdfimages", "pdftocairo"), "poppler-utils"
    ),
    **dict.fromkeys(("libreoffice", "soffice", "lowriter"), "libreoffice-writer"),
    **dict.fromkeys(("chromium", "chromium-browser", "google-chrome"), "chromium"),
    **dict.fromkeys(("magick", "convert", "identify", "mogrify"), "imagemagick"),
    **dict.fromkeys(("wkhtmltopdf", "wkhtmltoimage"), "wkhtmltopdf"),
    **dict.fromkeys(("gs", "ps2pdf"), "ghostscript"),
    **dict.fromkeys(("espeak", "espeak-ng"), "espeak-ng"),
    **dict.fromkeys(("dot", "neato"), "graphviz"),
    **dict.fromkeys(("psql", "pg_dump", "pg_restore"), "postgresql-client"),
    **dict.fromkeys(("mysql", "mysqldump"), "default-mysql-client"),
    **dict.fromkeys(("ssh", "scp", "ssh-keygen"), "openssh-client"),
    **dict.fromkeys(("node", "npm", "npx"), "npm"),
    **dict.fromkeys(("ps", "pgrep", "top"), "procps"),
    "chromedriver": "chromium-driver",
    "tesseract": "tesseract-ocr",
    "java": "default-jre-headless",
    "exiftool": "libimage-exiftool-perl",
    "7z": "p7zip-full",
    "ping": "iputils-ping",
    **{
        name: name
        for name in (
            *("git", "pandoc", "antiword", "catdoc", "unrtf", "qpdf", "sox", "flac", "lame"),
            *("mediainfo", "wget", "zip", "unzip", "rsync", "jq", "whois", "nmap", "make", "cmake"),
        )
    },
}
# What has to run once after the installation.
AFTERWARDS: Final = {"playwright": "python -m playwright install chromium"}
# What only an older release than the image's own has.
RELEASES: Final = {"wkhtmltopdf": "bookworm"}


def system_packages(entries: Iterable[Entry], programs: Iterable[str] = ()) -> tuple[str, ...]:
    """The Debian packages that these requirements and programs need, sorted."""
    found = {PROGRAMS[program] for program in programs if program in PROGRAMS}
    for entry in entries:
        binary = entry.requirement is not None and "binary" in entry.requirement.extras
        for need in () if binary else NEEDED.get(entry.name, ()):
            found.update(need.debian)
        if "git+" in entry.raw:
            found.add("git")
    return tuple(sorted(found))


def commands_after(entries: Iterable[Entry]) -> tuple[str, ...]:
    """What the image runs once the requirements are installed."""
    return tuple(dict.fromkeys(AFTERWARDS[e.name] for e in entries if e.name in AFTERWARDS))


def debian_release(packages: Iterable[str]) -> str:
    """The release whose image is needed for these packages; empty for the newest one."""
    return next((RELEASES[name] for name in packages if name in RELEASES), "")
