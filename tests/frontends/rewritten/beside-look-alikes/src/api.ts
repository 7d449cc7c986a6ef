export const API_URL = 'http://localhost:8000';
export const OLLAMA_URL = 'http://localhost:11434';
export const LLM_BASE_URL = 'http://localhost:8000/v1';
export const AUTH_URL = 'http://localhost:3001';
const ask = (text: string) => fetch(`${API_URL}/api/chat`, { method: 'POST', body: text });
