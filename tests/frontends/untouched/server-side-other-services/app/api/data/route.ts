const BACKEND_URL = process.env.BACKEND_URL || 'http://backend:8000';

export async function GET() {
  return fetch(`${BACKEND_URL}/api/chat`);
}
