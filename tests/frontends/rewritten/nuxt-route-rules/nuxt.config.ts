export default defineNuxtConfig({
  routeRules: { '/api/**': { proxy: 'http://localhost:8000/api/**' } },
  nitro: { devProxy: { '/api': 'http://localhost:8000' } },
});
