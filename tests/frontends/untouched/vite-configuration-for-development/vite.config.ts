const API_URL = 'http://localhost:8000';

export default defineConfig({
  server: { proxy: { '/api/chat': { target: API_URL } } },
  preview: { proxy: { '/api/chat': 'http://localhost:8000' } },
});
