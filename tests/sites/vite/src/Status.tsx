import { useState } from 'react'

export function Status() {
  const [status, setStatus] = useState('')

  async function check() {
    try {
      const response = await fetch('http://localhost:8000/api/health')
      setStatus((await response.json()).status)
    } catch {
      setStatus('away')
    }
  }

  return (
    <p>
      <button id="check" type="button" onClick={check}>
        Is anybody there?
      </button>{' '}
      <output id="status">{status}</output>
    </p>
  )
}
