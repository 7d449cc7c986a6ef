import { env } from '$env/dynamic/public';

export const ask = () => fetch(`${env.PUBLIC_API_URL}/api/chat`);
