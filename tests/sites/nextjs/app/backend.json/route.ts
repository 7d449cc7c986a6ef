// Made on the server when the site is built; the address is the server's own.
export const dynamic = "force-static";

const BACKEND_URL = process.env.BACKEND_URL || "http://localhost:8000";

export function GET() {
  return Response.json({ backend: BACKEND_URL });
}
