const API_URL = 'http://localhost:8000';

export const load = () => fetch(`${API_URL}/api/chat`);
