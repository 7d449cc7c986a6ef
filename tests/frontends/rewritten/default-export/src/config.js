export default 'http://localhost:8000';
