'use server';

const API_URL = process.env.API_URL || 'http://localhost:8000';

export async function ask(text: string) {
  return fetch(`${API_URL}/api/chat`, { method: 'POST', body: text });
}
