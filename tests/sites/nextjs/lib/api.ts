export const API_URL = process.env.NEXT_PUBLIC_API_URL || "http://localhost:8000";

export type Answer = { answer: string; conversation_id: string };

export async function askMuseum(message: string, conversation?: string): Promise<Answer> {
  const response = await fetch(`${API_URL}/api/chat`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ message, conversation_id: conversation ?? null }),
  });
  if (!response.ok) {
    throw new Error(`status ${response.status}`);
  }
  return (await response.json()) as Answer;
}
