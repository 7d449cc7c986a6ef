"use client";

import { useState, type FormEvent } from "react";
import { askMuseum } from "@/lib/api";

type Line = { who: "user" | "assistant" | "error"; text: string };

export function Chat() {
  const [lines, setLines] = useState<Line[]>([]);
  const [conversation, setConversation] = useState<string>();

  const say = (line: Line) => setLines((before) => [...before, line]);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    const question = String(new FormData(form).get("question"));
    form.reset();
    say({ who: "user", text: question });
    try {
      const reply = await askMuseum(question, conversation);
      setConversation(reply.conversation_id);
      say({ who: "assistant", text: reply.answer });
    } catch (error) {
      say({ who: "error", text: `No answer: ${error}` });
    }
  }

  return (
    <form onSubmit={submit}>
      <ol id="messages">
        {lines.map((line, index) => (
          <li key={index} className={line.who}>
            {line.text}
          </li>
        ))}
      </ol>
      <input id="question" name="question" aria-label="Your question" />
      <button id="send">Ask</button>
    </form>
  );
}
