// Executes client code in small browser-like worlds. Reads a JSON list from standard input, each
// item {code, typescript, probe, page, env, define}, and prints a list of {value} or {error}.
import { stripTypeScriptTypes } from 'node:module';
import { readFileSync } from 'node:fs';
import vm from 'node:vm';

// What a bundler does to a module, as far as these clients need it.
function script(item) {
  let code = item.code.replace(/^\uFEFF/, '');
  if (item.typescript) code = stripTypeScriptTypes(code, { mode: 'transform' });
  for (const [name, value] of Object.entries(item.define)) code = code.replaceAll(name, value);
  return code
    .replace(/^\s*import\s[^;\n]*(?:;|$)/gm, '')
    .replace(/^export default (?=class|function|async)/gm, '')
    .replace(/^export default /gm, 'var __default = ')
    .replace(/^export \{[^}]*\};?/gm, '')
    .replace(/^export /gm, '');
}

function world(item) {
  const requests = [];
  const request = (url) => {
    requests.push(String(url));
    return Promise.resolve({ json: () => ({}), ok: true });
  };
  const axios = { ...verbs(request, ''), create: ({ baseURL }) => verbs(request, baseURL) };
  const page = pages(item.page);
  const globals = { fetch: request, axios, WebSocket: function WebSocket() {}, ref: (v) => v, URL };
  const streamed = (call) => call().url;
  const fetched = (call) => {
    call();
    return requests[0];
  };
  return { ...globals, EventSource, ...page, fetched, streamed, ...(item.env ? { process: { env: item.env } } : {}) };
}

function EventSource(url) {
  this.url = url;
}

function verbs(request, base) {
  const call = (path) => request(base + path);
  return { get: call, post: call };
}

function pages(page) {
  if (page === null) return {};
  if (page === '') return { window: {} };
  const location = new URL(page);
  return { window: { location }, location };
}

function run(item) {
  try {
    const context = vm.createContext(world(item));
    vm.runInContext(script(item), context);
    return { value: vm.runInContext(item.probe, context) };
  } catch (error) {
    return { error: String(error) };
  }
}

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, 'utf8')).map(run)));
