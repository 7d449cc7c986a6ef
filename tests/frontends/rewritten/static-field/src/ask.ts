export class Api {
  static BASE_URL = 'http://localhost:8000';
  static chat = () => `${Api.BASE_URL}/api/chat`;
}
