export const chatUrl = (backend = 'http://localhost:8000') => backend + '/api/chat';

export const settings = {
  get apiUrl() {
    return 'http://localhost:8000';
  },
};
