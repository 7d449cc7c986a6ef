export class RagClient {
  constructor(private readonly endpoint = "http://127.0.0.1:8000/api") {}

  url(path: string): string {
    return `${this.endpoint}${path}`;
  }
}
