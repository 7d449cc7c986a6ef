export enum Urls {
  API_URL = 'http://localhost:8000',
}
