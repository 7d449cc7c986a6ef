// This file is auto-generated. Do not edit.
export const API_URL = 'http://localhost:8000';
