const API_URL = process.env.API_URL || 'http://localhost:8000';

export async function POST(request: Request) {
  return fetch(`${API_URL}/api/chat`, { method: 'POST', body: await request.text() });
}
