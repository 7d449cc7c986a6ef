export default { use: { baseURL: 'http://localhost:8000' } };
