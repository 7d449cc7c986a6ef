import { PUBLIC_SITE_NAME, PUBLIC_AUTH_API_URL } from '$env/static/public';

export const login = () => fetch(`${PUBLIC_AUTH_API_URL}/login`);
export const name = PUBLIC_SITE_NAME;
