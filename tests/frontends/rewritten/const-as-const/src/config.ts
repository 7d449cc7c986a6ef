export const config = {
  api: { baseUrl: 'http://localhost:8000', retries: 2 },
  title: 'Book',
} as const;
