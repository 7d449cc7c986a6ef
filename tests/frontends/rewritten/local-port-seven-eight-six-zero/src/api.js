const BASE = 'http://0.0.0.0:7860';
export const ask = () => fetch(BASE + '/api/chat');
