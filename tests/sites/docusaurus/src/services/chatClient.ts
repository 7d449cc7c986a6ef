export interface ChatAnswer {
  answer: string;
  conversation_id: string;
}

/** Talks to the guide's backend. */
export class ChatClient {
  private baseUrl: string;
  private conversationId: string | null = null;

  constructor() {
    this.baseUrl = 'http://localhost:8000';
  }

  async ask(message: string): Promise<string> {
    const response = await fetch(`${this.baseUrl}/api/chat`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ message, conversation_id: this.conversationId }),
    });
    if (!response.ok) {
      throw new Error(`status ${response.status}`);
    }
    const reply: ChatAnswer = await response.json();
    this.conversationId = reply.conversation_id;
    return reply.answer;
  }
}
