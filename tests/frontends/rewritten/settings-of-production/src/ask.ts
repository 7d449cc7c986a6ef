import config from './config.production.json';
export const ask = () => fetch(`${config.apiUrl}/chat`);
