export const ask = () => fetch(`${__API_URL__}/api/chat`);
