export const API_BASE = (process.env.REACT_APP_API_URL ||
  (['localhost', '127.0.0.1', '[::1]'].includes(window.location.hostname)
    ? 'http://localhost:8000'
    : 'https://someone-older-bot.hf.space')).replace(/\/$/, '');
