import { version } from './version';

export const endpoints = {
  chat: 'http://localhost:8000/api/chat',
  session: "http://localhost:8000/api/session",
};
