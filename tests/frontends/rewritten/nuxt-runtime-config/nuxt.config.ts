export default defineNuxtConfig({
  runtimeConfig: { public: { apiBase: 'http://localhost:8000' } },
});
