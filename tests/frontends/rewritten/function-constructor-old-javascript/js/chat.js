function ChatClient() {
  var self = this;
  this.baseUrl = 'http://localhost:8000';
  self.ready = true;
}
ChatClient.prototype.url = function () {
  return this.baseUrl + '/api/chat';
};
