import { registerOTel } from "@vercel/otel";

// Where traces are sent, and how, is read from the OTEL_ variables. Without the instrumentation of `fetch`: our own spans name each
// call to Clerk, and its spans would contain whole URLs.
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
