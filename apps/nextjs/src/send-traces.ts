import { registerOTel } from "@vercel/otel";

// Without spans of `fetch`, neither Next's nor the SDK's: our own name each call to Clerk, and these would contain whole URLs.
process.env.NEXT_OTEL_FETCH_DISABLED = "1";

// Where traces are sent, and how, is read from the OTEL_ variables.
registerOTel({
  serviceName: "rollcall",
  instrumentations: [],
  spanProcessors: [{ onStart: withoutQuery, onEnd() {}, forceFlush: async () => {}, shutdown: async () => {} }, "auto"],
});

const URLS = ["http.target", "http.url", "url.full"];

/** Next's span of a request holds its URL. The query may contain what an admin searched for: a name or an address. */
function withoutQuery(span: {
  attributes: Record<string, unknown>;
  setAttribute(key: string, value: string): unknown;
}) {
  for (const key of URLS) {
    const url = span.attributes[key];
    if (typeof url === "string") span.setAttribute(key, url.replace(/\?.*$/s, ""));
  }
}
