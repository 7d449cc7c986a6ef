export const ask = () => fetch(`${import.meta.env.VITE_API_URL}/api/chat`);
