const BACKEND_URL = process.env.BACKEND_URL || 'http://localhost:8000';

export async function ask(text) {
  const response = await fetch(`${BACKEND_URL}/api/chat`, { method: 'POST', body: text });
  return response.json();
}
