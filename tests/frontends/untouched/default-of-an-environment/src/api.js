const { API_URL = 'http://localhost:8000' } = process.env;

export const ask = (question) => fetch(API_URL + '/api/chat', { method: 'POST', body: question });
