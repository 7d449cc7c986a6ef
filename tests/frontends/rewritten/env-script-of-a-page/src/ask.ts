export const ask = () => fetch(`${window.__ENV__.API_URL}/api/chat`);
