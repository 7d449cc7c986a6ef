import Layout from '@theme/Layout';
import React, { useState } from 'react';

// Works where the page is made, on a server; a browser has no `process`.
const backend = () => process.env.BACKEND_URL || 'http://localhost:8000';

export default function Status() {
  const [status, setStatus] = useState('');

  const check = async () => {
    const response = await fetch(`${backend()}/api/health`);
    setStatus((await response.json()).status);
  };

  return (
    <Layout title="Status">
      <button id="check" type="button" onClick={check}>
        Is anybody there?
      </button>
      <output id="status">{status}</output>
    </Layout>
  );
}
