const LOCAL_API = 'http://localhost:8000';
const DEPLOYED_API = 'https://someone-older-bot.hf.space';

const isLocal = typeof window !== 'undefined' && window.location.hostname === 'localhost';

export const API_URL = isLocal ? LOCAL_API : DEPLOYED_API;
