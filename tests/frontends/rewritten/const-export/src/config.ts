import { something } from './something';

export const API_URL: string = 'http://localhost:8000';
export const TIMEOUT = 30;
