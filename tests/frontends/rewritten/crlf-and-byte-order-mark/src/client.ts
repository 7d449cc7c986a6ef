export class Client {
  baseUrl: string;

  constructor() {
    this.baseUrl = 'http://localhost:8000';
  }
}