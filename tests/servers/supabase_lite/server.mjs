// Serves Supabase's REST and Auth API over one PostgreSQL database on a port of 127.0.0.1, until it is told to stop.
// Takes everything from the environment: DATABASE_URL, PORT, JWT_SECRET, PUBLISHABLE_KEY, SECRET_KEY, MAX_ROWS.
import { serve } from "@hono/node-server";
import { App } from "@supabase/lite";
import { createPostgresConnection } from "@supabase/lite/postgres";

const { DATABASE_URL, PORT, JWT_SECRET, PUBLISHABLE_KEY, SECRET_KEY, MAX_ROWS } = process.env;
const OID = { json: 114, timestamp: 1114, timestamptz: 1184, jsonb: 3802 };

// PostgREST writes times as ISO 8601, the driver hands them on as PostgreSQL prints them
function isoTime(printed) {
  const [day, time] = printed.split(" ");
  return `${day}T${time.replace(/[+-]\d\d$/, "$&:00")}`;
}

const time = (oid) => ({ to: oid, from: [oid], parse: isoTime, serialize: String });

// arguments of a function arrive as JSON text already; encoding them again would make a string of an object
function jsonText(value) {
  return typeof value === "string" && /^\s*[[{]/.test(value) ? value : JSON.stringify(value);
}

const json = (oid) => ({ to: oid, from: [oid], parse: JSON.parse, serialize: jsonText });

const connection = createPostgresConnection({
  url: DATABASE_URL,
  postgresOptions: {
    max: 4,
    onnotice() {},
    types: {
      timestamp: time(OID.timestamp),
      timestamptz: time(OID.timestamptz),
      json: json(OID.json),
      jsonb: json(OID.jsonb),
    },
  },
});

// otherwise it grants everything to every role at the first request, over what the migrations granted
connection.rlsState = "active";

const app = new App({
  connection,
  api: { max_rows: Number(MAX_ROWS) },
  auth: {
    enabled: true,
    jwt_secret: JWT_SECRET,
    publishable_key: PUBLISHABLE_KEY,
    secret_key: SECRET_KEY,
    email: { enable_confirmations: false },
  },
  storage: { enabled: false },
});

function answer(request, env) {
  return app.fetch(request, { peerAddress: env.incoming.socket.remoteAddress ?? null });
}

await app.ensureSystemSchema();
const server = serve({ fetch: answer, hostname: "127.0.0.1", port: Number(PORT) });

process.once("SIGTERM", async () => {
  server.closeAllConnections();
  server.close();
  await connection.close();
});
