export const API_URL = process.env.API_URL || 'http://localhost:8000';
export const CHAT_URL = process.env.CHAT_URL || 'http://localhost:8000/api/chat';
