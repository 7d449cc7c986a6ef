export const API_URL = process.env.API_URL || 'http://localhost:8000';
export const ask = () => fetch(`${API_URL}/api/chat`);
