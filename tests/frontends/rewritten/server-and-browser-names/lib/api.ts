export const API_URL =
  typeof window === 'undefined' ? 'http://backend:8000' : 'http://localhost:8000';
