const host = window.location.hostname;

export const API_URL = host === 'localhost'
  ? 'http://localhost:8000'
  : 'https://someone-older-bot.hf.space';
