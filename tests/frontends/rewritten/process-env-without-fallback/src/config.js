export const API_URL = process.env.REACT_APP_API_URL;

export const ask = (text) => fetch(`${API_URL}/api/chat`, { method: 'POST', body: text });
