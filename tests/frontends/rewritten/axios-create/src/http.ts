import axios from 'axios';

export const http = axios.create({ baseURL: 'http://localhost:8000/api' });
export const chat = (message: string) => http.post('/chat', { message });
