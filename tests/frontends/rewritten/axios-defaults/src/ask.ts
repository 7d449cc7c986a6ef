import axios from 'axios';

axios.defaults.baseURL = 'http://localhost:8000';
export const ask = () => axios.post('/api/chat');
