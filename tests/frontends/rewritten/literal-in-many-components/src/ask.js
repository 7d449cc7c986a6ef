import { note } from './note'

export const ask = (id) => fetch('http://localhost:8000/api/session/' + id)
