const DEFAULT_URL = 'http://localhost:8000';
const API_URL = process.env.REACT_APP_API_URL || DEFAULT_URL;

export const ask = (text) => fetch(`${API_URL}/api/chat`, { method: 'POST', body: text });
