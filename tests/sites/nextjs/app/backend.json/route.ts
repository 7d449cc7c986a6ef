// Made on the server when the site is built.
export const dynamic = "force-static";

const BACKEND_URL = process.env.BACKEND_URL || "http://localhost:8000";
const SEARCH_URL = process.env.SEARCH_URL || "http://search:9200";

export function GET() {
  return Response.json({ backend: BACKEND_URL, search: SEARCH_URL });
}
