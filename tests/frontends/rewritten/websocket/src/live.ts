export const CHAT_SOCKET_URL = 'ws://localhost:8000/ws/chat';
export const open = () => new WebSocket(CHAT_SOCKET_URL);
