export const apiUrl =
  (typeof process !== 'undefined' && process.env?.API_URL) || 'http://localhost:8000';
