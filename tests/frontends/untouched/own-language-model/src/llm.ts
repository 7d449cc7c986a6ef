import OpenAI from 'openai';

export const client = new OpenAI({ baseURL: 'http://localhost:8000/v1', apiKey: 'none' });
export const MODEL_API_URL = 'http://localhost:8000/v1';
export const OLLAMA_URL = 'http://localhost:11434';
