export default async function handler(req, res) {
  const answer = await fetch('http://localhost:8000/api/chat');
  res.json(await answer.json());
}
