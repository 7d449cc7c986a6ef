export class LLMChatService {
  private baseUrl: string;

  constructor() {
    this.baseUrl = 'http://localhost:8000';
  }

  ask(text: string) {
    return fetch(`${this.baseUrl}/api/chat`, { method: 'POST', body: text });
  }
}
