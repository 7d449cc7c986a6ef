const config = {
  development: { api: 'http://localhost:8000', auth: 'http://localhost:3001' },
  production: { api: 'https://someone-older-bot.hf.space', auth: 'https://auth.example.org' },
};

export const API_URL = config[process.env.NODE_ENV].api;
export const ask = () => fetch(`${API_URL}/api/chat`);
