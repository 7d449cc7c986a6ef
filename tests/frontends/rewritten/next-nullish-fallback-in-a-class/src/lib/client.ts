export class ApiClient {
  private baseUrl: string;

  constructor(baseUrl = process.env.NEXT_PUBLIC_BACKEND_URL ?? 'http://localhost:8000/api') {
    this.baseUrl = baseUrl;
  }
}
