export class Client {
	constructor(options) {
		this.baseURL = "http://localhost:8000"
		this.chatUrl = "http://localhost:8000/api/chat"
		this.options = options
	}
}
