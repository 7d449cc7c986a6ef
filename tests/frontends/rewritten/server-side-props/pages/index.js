export async function getServerSideProps() {
  const answer = await fetch('http://localhost:8000/api/chat');
  return { props: await answer.json() };
}

export default function Page() {
  return null;
}
