var baseUrl;
if (process.env.NODE_ENV === 'production') {
  baseUrl = 'https://someone-older-bot.hf.space/api';
} else {
  baseUrl = 'http://localhost:8000/api';
}
