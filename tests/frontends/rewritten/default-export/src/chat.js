import base from './config';
export const ask = () => fetch(base + '/api/chat');
