export class Client {
  private static readonly API_URL = 'http://localhost:8000';
  baseUrl = "http://localhost:8000/api";

  static url() {
    return Client.API_URL;
  }
}
