/** Every question to the backend goes through here. */

const API_URL: string = import.meta.env.VITE_API_URL ?? 'http://localhost:8000/api'

export interface Answer {
  answer: string
  conversation_id: string
}

export async function ask(message: string, conversation: string | null): Promise<Answer> {
  const response = await fetch(`${API_URL}/chat`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ message, conversation_id: conversation }),
  })
  if (!response.ok) throw new Error(`status ${response.status}`)
  return response.json()
}
