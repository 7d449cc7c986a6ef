window.CHAT_API_URL = window.CHAT_API_URL || 'http://localhost:8000';

export function mount({ apiUrl = 'http://localhost:8000/api' } = {}) {
  return apiUrl;
}
