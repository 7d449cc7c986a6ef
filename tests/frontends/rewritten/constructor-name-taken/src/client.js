const isProduction = true;

export class Client {
  constructor() {
    this.apiBaseUrl = 'http://localhost:8000';
    this.quiet = isProduction;
  }
}
