const isDev = process.env.NODE_ENV !== 'production';
const API = isDev ? 'http://localhost:8000' : 'https://someone-older-bot.hf.space';
