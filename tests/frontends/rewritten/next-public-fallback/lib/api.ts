const API_URL = process.env.NEXT_PUBLIC_API_URL || 'http://localhost:8000';

export const chatUrl = (): string => `${API_URL}/api/chat`;
