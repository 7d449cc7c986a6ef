import { PUBLIC_API_URL } from '$env/static/public';

export const ask = () => fetch(`${PUBLIC_API_URL}/api/chat`);
