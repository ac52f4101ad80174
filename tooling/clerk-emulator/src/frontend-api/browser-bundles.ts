import { createRequire } from "node:module";
import path from "node:path";
import { serveStatic } from "@hono/node-server/serve-static";
import { Hono } from "hono";
import { etag } from "hono/etag";

/** The paths of the two scripts that a page loads. They load the others themselves, from the same folder. */
export const CLERK_JS_PATH = "/npm/@clerk/clerk-js@6/dist/clerk.browser.js";
export const CLERK_UI_PATH = "/npm/@clerk/ui@1/dist/ui.browser.js";

/**
 * `/npm/@clerk/…`: Clerk's own browser bundles, from node_modules instead of a CDN, in the version that is installed: the scripts
 * are requested by a major version and request the others by a full one. Only `dist` is served.
 */
export function browserBundles(): Hono {
  const { resolve } = createRequire(import.meta.url);
  const api = new Hono();
  api.use("/npm/*", etag());
  for (const name of ["clerk-js", "ui"]) {
    api.get(
      `/npm/@clerk/:package{${name}@[\\d.]+}/dist/*`,
      serveStatic({
        root: path.dirname(resolve(`@clerk/${name}`)),
        rewriteRequestPath: (asked) => asked.replace(/^\/npm\/@clerk\/[^/]+\/dist/, ""),
      }),
    );
  }
  return api;
}
