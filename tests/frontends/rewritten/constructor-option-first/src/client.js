export class Client {
  constructor(options = {}) {
    this.baseUrl = options.baseUrl || process.env.API_URL || 'http://localhost:8000/';
  }
}
