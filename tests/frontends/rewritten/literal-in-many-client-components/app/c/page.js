/* The page. */
'use client';

export default function Page() {
  const ask = () => fetch('http://localhost:8000/api/chat');
  return ask;
}
