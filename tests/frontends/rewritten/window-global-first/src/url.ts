declare global {
  interface Window {
    BACKEND_URL?: string;
  }
}

export const backendUrl = String(window.BACKEND_URL || 'http://localhost:8000');
