export const ask = (text: string) => fetch('/api/chat', { method: 'POST', body: text });
