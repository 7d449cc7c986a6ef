const API_BASE = 'http://localhost' + ':8000';

export const ask = (question) => fetch(API_BASE + '/api/chat', { method: 'POST', body: question });
