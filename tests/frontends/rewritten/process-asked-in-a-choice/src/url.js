export const apiUrl = typeof process !== 'undefined' && process.env
  ? process.env.API_URL || 'http://localhost:8000'
  : 'http://localhost:8000';
