const { VITE_API_URL = 'http://localhost:8000' } = import.meta.env

export const API_BASE_URL = VITE_API_URL
