export interface Answer {
  text: string;
}

export class ChatClient {
  private readonly baseUrl: string;

  constructor() {
    this.baseUrl = 'http://localhost:8000';
  }

  async ask(message: string): Promise<Answer> {
    const response = await fetch(`${this.baseUrl}/api/chat`, {
      method: 'POST',
      body: JSON.stringify({ message }),
    });
    return (await response.json()) as Answer;
  }
}
