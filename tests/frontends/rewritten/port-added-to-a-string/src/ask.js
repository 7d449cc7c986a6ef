const HOST = "localhost";
const PORT = 8000;
export const API_URL = "http://" + HOST + ":" + PORT + "/api";
export const ask = () => fetch(API_URL + "/chat");
