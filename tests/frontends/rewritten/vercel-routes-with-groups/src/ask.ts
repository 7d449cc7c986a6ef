const BASE = '/backend';
export const ask = () => fetch(`${BASE}/chat`);
