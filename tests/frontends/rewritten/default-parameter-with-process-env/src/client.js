export class Client {
  constructor(baseUrl = process.env.REACT_APP_API_URL || 'http://localhost:8000') {
    this.baseUrl = baseUrl;
  }
}
