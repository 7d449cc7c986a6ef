export const API_URL = 'https://api.example.com';
export const SITE = 'https://localhost.example.com:8000/api/chat';
export const MODEL_SPACE = 'https://stability-images.hf.space';
