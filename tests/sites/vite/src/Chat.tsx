import { useRef, useState, type FormEvent } from 'react'

import { ask } from './api'

interface Line {
  who: 'user' | 'assistant' | 'error'
  text: string
}

export function Chat() {
  const [lines, setLines] = useState<Line[]>([])
  const [question, setQuestion] = useState('')
  const conversation = useRef<string | null>(null)

  const say = (who: Line['who'], text: string) => setLines((before) => [...before, { who, text }])

  async function submit(event: FormEvent) {
    event.preventDefault()
    say('user', question)
    setQuestion('')
    try {
      const reply = await ask(question, conversation.current)
      conversation.current = reply.conversation_id
      say('assistant', reply.answer)
    } catch (error) {
      say('error', `No answer: ${error}`)
    }
  }

  return (
    <form onSubmit={submit}>
      <ol id="messages">
        {lines.map((line, index) => (
          <li key={index} className={line.who}>
            {line.text}
          </li>
        ))}
      </ol>
      <input
        id="question"
        aria-label="Your question"
        value={question}
        onChange={(event) => setQuestion(event.target.value)}
      />
      <button id="send">Ask</button>
    </form>
  )
}
