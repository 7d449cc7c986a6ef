export const API_URL = 'http://localhost:8000';
export class {{
