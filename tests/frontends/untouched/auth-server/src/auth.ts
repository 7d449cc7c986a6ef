import { createAuthClient } from 'better-auth/react';

export const auth = createAuthClient({ baseURL: 'http://localhost:8000' });
export const AUTH_API_URL = 'http://localhost:8000';
export const AUTH_URL = 'http://localhost:3001';
