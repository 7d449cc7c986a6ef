// Asks a deployed chatbot one question through the example's own client, as a page that is served
// from a public host would: node ask_chatbot.mjs CLIENT QUESTION
import { pathToFileURL } from 'node:url';

const [client, question] = process.argv.slice(2);
globalThis.window = { location: new URL('https://rag-chatbot.example/') };

const { ChatClient } = await import(pathToFileURL(client).href);
const { answer, sources } = await new ChatClient().ask(question);
console.log(answer);
for (const { title } of sources) console.log(`  read in: ${title}`);
