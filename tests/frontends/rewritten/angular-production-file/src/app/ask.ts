export const ask = () => fetch(`${environment.apiUrl}/chat`);
