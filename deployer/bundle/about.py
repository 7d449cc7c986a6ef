"""What the app says of itself, and what its dependencies say it can do."""

from __future__ import annotations

import ast

from deployer.code.choose import Target
from deployer.code.source import dotted_name
from deployer.code.values import keyword, text
from deployer.dependencies.manifest import Dependencies

FEATURES = {
    "qdrant-client": "Qdrant vector search",
    "chromadb": "Chroma vector search",
    "faiss-cpu": "FAISS vector search",
    "pinecone": "Pinecone vector search",
    "google-genai": "Google Gemini",
    "google-generativeai": "Google Gemini",
    "openai": "OpenAI-compatible models",
    "cohere": "Cohere",
    "groq": "Groq",
    "langchain": "LangChain",
    "llama-index": "LlamaIndex",
    "sentence-transformers": "local sentence embeddings",
    "asyncpg": "PostgreSQL",
    "psycopg": "PostgreSQL",
    "psycopg2-binary": "PostgreSQL",
    "sqlalchemy": "SQLAlchemy",
    "redis": "Redis",
}


def app_texts(target: Target) -> dict[str, str]:
    """``title``, ``description`` and ``summary`` of the app's ``FastAPI(...)`` call."""
    project, app = target.project, target.app
    for path in dict.fromkeys((app.path, *project.closure(app.path))):
        module = project.code.module(path)
        for node in module.nodes if module else ():
            if isinstance(node, ast.Call) and _tail(node) == "FastAPI":
                names = ("title", "description", "summary")
                found = {name: text(project, path, keyword(node, name)) for name in names}
                return {name: value.strip() for name, value in found.items() if value}
    return {}


def features(dependencies: Dependencies | None) -> list[str]:
    """What the requirements tell, each once."""
    names = dependencies.names if dependencies else frozenset()
    return list(dict.fromkeys(text for name, text in FEATURES.items() if name in names))


def _tail(call: ast.Call) -> str:
    return (dotted_name(call.func) or "").rpartition(".")[2]
