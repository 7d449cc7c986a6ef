export const API_URL = 'http://backend:8000';
export const INTERNAL = 'http://host.docker.internal:8000';
