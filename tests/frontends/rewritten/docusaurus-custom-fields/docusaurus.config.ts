export default {
  title: 'Book',
  url: 'https://book.example',
  baseUrl: '/',
  customFields: {
    backendUrl: process.env.BACKEND_URL || 'http://localhost:8000',
  },
};
