import { note } from '../note';

export const ask1 = () => {
  note();
  return fetch('http://localhost:8000/api/chat');
};
