const API_URL = 'https://someone-older-bot.hf.space';

export const ask = (text) => fetch(`${API_URL}/api/chat`, { method: 'POST', body: text });
