const API_URL = 'http://localhost:8000';
fetch(API_URL + '/api/chat');
