const HOST = 'localhost:8000';

export const ask = () => fetch(`http://${HOST}/api/chat`);
export const listen = () => `ws://${HOST}/api/chat`;
