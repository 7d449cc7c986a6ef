// const API_URL = 'http://localhost:8000';
/* API_URL = 'http://localhost:8000' */
export const path = '/api/chat';
console.log('http://localhost:8000');
export const help = 'Start the backend at http://localhost:8000 first';
