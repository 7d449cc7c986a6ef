import a from './a';

export const x = () => fetch('http://localhost:8000/api/chat');
export const y = () => fetch('http://localhost:8000/api/session');
