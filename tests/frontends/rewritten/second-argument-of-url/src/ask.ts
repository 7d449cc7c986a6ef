export const chatUrl = () => new URL('/api/chat', 'http://localhost:8000').href;
