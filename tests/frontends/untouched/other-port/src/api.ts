export const TRANSLATE_API = 'http://localhost:5000';
export const API_URL = 'http://localhost:9200';
