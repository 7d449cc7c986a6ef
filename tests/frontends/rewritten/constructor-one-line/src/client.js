export class Client { constructor() { this.baseUrl = 'http://localhost:8000' } }
