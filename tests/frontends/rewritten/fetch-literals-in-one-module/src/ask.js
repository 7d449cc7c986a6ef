import { token } from './token';

export async function ask(text) {
  return fetch('http://localhost:8000/api/chat', { method: 'POST', body: text });
}

export async function session(id) {
  return fetch(`http://127.0.0.1:8000/api/session/${id}?full=1`);
}
