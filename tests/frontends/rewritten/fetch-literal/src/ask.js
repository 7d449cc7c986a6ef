export async function ask(text) {
  const response = await fetch('http://localhost:8000/api/chat', {
    method: 'POST',
    body: JSON.stringify({ text }),
  });
  return response.json();
}
