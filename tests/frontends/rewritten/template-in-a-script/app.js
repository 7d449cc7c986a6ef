function show(id) {
  return fetch(`http://localhost:8000/api/session/${id}`);
}
function all() {
  return fetch("http://localhost:8000/api/session" + "?all=1");
}
