export const ask = () => fetch('/api/chat');
