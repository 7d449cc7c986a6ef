import { Configuration, DefaultApi, OpenAPI, createClient } from './client';

OpenAPI.BASE = 'http://localhost:8000';
export const api = new DefaultApi(new Configuration({ basePath: 'http://localhost:8000' }));
export const client = createClient({ baseUrl: 'http://localhost:8000' });
client.POST('/api/chat');
