import { HOST } from './host';

const PORT = 5432;
const API_PORT = process.env.PORT || 8000;
export const a = `http://${HOST}/api/chat`;
export const b = `http://localhost:${PORT}`;
export const c = `http://localhost:${API_PORT}`;
export const d = 'http://localhost:' + PORT;
export const e = (port: number) => `http://localhost:${port}`;
