import { Chat } from "@/components/Chat";
import { API_URL } from "@/lib/api";

export default function Home() {
  return (
    <main>
      <h1>Ask the museum</h1>
      <Chat />
      <footer>
        <a id="documentation" href={`${API_URL}/docs`}>
          The API
        </a>
      </footer>
    </main>
  );
}
