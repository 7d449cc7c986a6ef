export const speak = () => fetch('http://localhost:8000/synthesize');
