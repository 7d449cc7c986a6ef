export const API_ORIGINS = ['http://localhost:8000', 'http://localhost:3000'];
export type Api = 'http://localhost:8000';
export const isApi = (url: string) => url === 'http://localhost:8000';
