import { Chat } from './Chat';

export default function App() {
  return <Chat apiUrl="http://localhost:8000" placeholder="http://localhost:8000" />;
}
