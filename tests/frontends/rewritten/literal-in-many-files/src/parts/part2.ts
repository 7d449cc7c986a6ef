import { note } from '../note';

export const ask2 = () => {
  note();
  return fetch('http://localhost:8000/api/chat');
};
