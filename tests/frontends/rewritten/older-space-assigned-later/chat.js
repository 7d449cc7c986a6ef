let apiUrl = 'http://localhost:8000';
if (typeof window !== 'undefined' && window.location.hostname !== 'localhost') {
  apiUrl = 'https://someone-older-bot.hf.space';
}
