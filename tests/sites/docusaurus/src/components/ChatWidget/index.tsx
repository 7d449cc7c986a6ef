import React, { useMemo, useState } from 'react';
import { ChatClient } from '../../services/chatClient';

interface Line {
  who: 'user' | 'assistant' | 'error';
  text: string;
}

export default function ChatWidget() {
  const client = useMemo(() => new ChatClient(), []);
  const [lines, setLines] = useState<Line[]>([]);
  const [question, setQuestion] = useState('');

  const say = (who: Line['who'], text: string) =>
    setLines((before) => [...before, { who, text }]);

  const submit = async (event: React.FormEvent) => {
    event.preventDefault();
    say('user', question);
    setQuestion('');
    try {
      say('assistant', await client.ask(question));
    } catch (error) {
      say('error', `No answer: ${error}`);
    }
  };

  return (
    <form
      onSubmit={submit}
      style={{ position: 'fixed', right: 16, bottom: 16, width: 320, zIndex: 9 }}
    >
      <ol id="messages">
        {lines.map((line, index) => (
          <li key={index} className={line.who}>
            {line.text}
          </li>
        ))}
      </ol>
      <input
        id="question"
        aria-label="Your question"
        value={question}
        onChange={(event) => setQuestion(event.target.value)}
      />
      <button id="send">Ask</button>
    </form>
  );
}
