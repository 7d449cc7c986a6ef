function ask(text) {
  return fetch({ url: 'http://localhost:8000/api/chat', data: text }.url);
}
