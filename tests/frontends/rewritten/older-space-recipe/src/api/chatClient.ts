export class ChatClient {
  private baseUrl: string;

  constructor() {
    // Detect environment based on hostname
    const isProduction = typeof window !== 'undefined' &&
      !window.location.hostname.includes('localhost');

    this.baseUrl = isProduction
      ? 'https://someone-older-bot.hf.space'  // the deployed backend
      : 'http://localhost:8000';
  }
}
