window.__ENV__ = {
  API_URL: 'http://localhost:8000',
};
