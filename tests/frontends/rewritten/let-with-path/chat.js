let API_BASE = "http://localhost:8000/api/v1/"
let counter = 0
