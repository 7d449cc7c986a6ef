export default {
  define: { __API_URL__: JSON.stringify('http://localhost:8000') },
  server: { proxy: { '/api': 'http://localhost:8000' } },
};
