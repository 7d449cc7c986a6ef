export const API_BASE =
  typeof window !== 'undefined' && window?.location?.hostname === 'localhost'
    ? 'http://localhost:8000'
    : 'https://someone-older-bot.hf.space';
