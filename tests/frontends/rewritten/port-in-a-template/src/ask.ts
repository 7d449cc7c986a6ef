const PORT = 8000;
export const API_URL = `http://localhost:${PORT}/api`;
export const ask = () => fetch(`${API_URL}/chat`);
