/** Talks to the chatbot's backend. No dependency but `fetch`. */

export interface Source {
  title: string;
  text: string;
  score: number;
}

export interface ChatAnswer {
  answer: string;
  sources: Source[];
  conversation_id: string;
  answered_by: 'gemini' | 'extract';
}

export class ChatClient {
  private baseUrl: string;
  private conversationId: string | null = null;

  constructor() {
    this.baseUrl = 'http://localhost:8000';
  }

  /** The answer to a question, in the conversation that this client keeps. */
  async ask(message: string): Promise<ChatAnswer> {
    const response = await fetch(`${this.baseUrl}/api/chat`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ message, conversation_id: this.conversationId }),
    });
    if (!response.ok) {
      throw new Error(`The chatbot answered with status ${response.status}.`);
    }
    const answer = (await response.json()) as ChatAnswer;
    this.conversationId = answer.conversation_id;
    return answer;
  }
}
