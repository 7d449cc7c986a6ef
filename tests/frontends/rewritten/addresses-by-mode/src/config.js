const urls = {
  development: 'http://localhost:8000',
  production: 'https://someone-older-bot.hf.space',
};

export const API_URL = urls[process.env.NODE_ENV];
export const ask = () => fetch(API_URL + '/api/chat');
