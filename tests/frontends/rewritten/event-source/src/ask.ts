export const listen = () => new EventSource('http://127.0.0.1:8000/api/chat');
