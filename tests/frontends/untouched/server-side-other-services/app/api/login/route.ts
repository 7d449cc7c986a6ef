const AUTH_URL = process.env.AUTH_URL || 'http://localhost:8000/auth';
const OLLAMA_URL = 'http://localhost:11434';

export async function POST() {
  return fetch(AUTH_URL ?? OLLAMA_URL);
}
