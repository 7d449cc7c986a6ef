import { writable } from 'svelte/store';

export const apiUrl = writable('http://localhost:8000');
