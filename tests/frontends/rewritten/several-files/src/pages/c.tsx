export const backendUrl: string = `http://localhost:8000`;
