export const BACKEND_API_URL = process.env.BACKEND_API_URL;
export const ask = () => fetch(`${BACKEND_API_URL}/api/chat`);
