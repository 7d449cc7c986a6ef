import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'

import { Chat } from './Chat'
import { Status } from './Status'

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <h1>Ask the harbour office</h1>
    <Status />
    <Chat />
  </StrictMode>,
)
