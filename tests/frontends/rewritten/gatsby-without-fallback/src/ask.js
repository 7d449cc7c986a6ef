const API_URL = process.env.GATSBY_API_URL;

export const ask = () => fetch(`${API_URL}/api/chat`);
