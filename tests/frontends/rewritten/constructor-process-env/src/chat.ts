export class ChatService {
    apiUrl: string;

    constructor() {
        // The address of the backend
        this.apiUrl = process.env.REACT_APP_API_URL || "http://localhost:8000";
    }

    health(): string {
        return this.apiUrl + "/api/health";
    }
}
