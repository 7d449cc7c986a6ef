/** The chat page: a list of messages and a form. */

import { ChatClient, type Source } from './chatClient.ts';

const client = new ChatClient();
const messages = document.querySelector<HTMLOListElement>('#messages')!;
const form = document.querySelector<HTMLFormElement>('#form')!;
const question = document.querySelector<HTMLInputElement>('#question')!;
const send = document.querySelector<HTMLButtonElement>('#send')!;

function show(who: 'user' | 'assistant' | 'error', text: string): HTMLLIElement {
  const item = document.createElement('li');
  item.className = who;
  item.textContent = text;
  messages.append(item);
  item.scrollIntoView({ block: 'end' });
  return item;
}

function sourcesOf(sources: Source[]): HTMLElement {
  const details = document.createElement('details');
  const summary = document.createElement('summary');
  summary.textContent = `Read in: ${sources[0].title}`;
  const passage = document.createElement('blockquote');
  passage.textContent = sources[0].text;
  details.append(summary, passage);
  return details;
}

async function ask(text: string): Promise<void> {
  show('user', text);
  const waiting = show('assistant', '…');
  send.disabled = true;
  try {
    const { answer, sources } = await client.ask(text);
    waiting.textContent = answer;
    if (sources.length > 0) waiting.append(sourcesOf(sources));
  } catch (error) {
    waiting.className = 'error';
    waiting.textContent = `No answer: ${error instanceof Error ? error.message : String(error)}`;
  } finally {
    send.disabled = false;
    question.focus();
  }
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  const text = question.value.trim();
  if (!text || send.disabled) return;
  question.value = '';
  void ask(text);
});
