const API = process.env.NODE_ENV === 'production'
  ? 'https://older-space.hf.space/api'
  : 'http://localhost:8000/api';
