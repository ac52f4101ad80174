import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

/** Where Debian's package puts it. */
const CHROMIUM = "/usr/bin/chromium";

export const hasChromium = existsSync(CHROMIUM);
export const HOW_TO_GET_CHROMIUM = `skipped if ${CHROMIUM} is missing: apt-get install chromium`;

/** Sends no requests of its own (no update, no sync, no first run), and cannot reach other machines. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost",
    ],
  });
}

/** A window with its own cookies. Reports failed requests to other machines. */
export async function openWindow(browser: Browser, onForeign: (url: string) => void) {
  const context = await browser.newContext({ viewport: { width: 900, height: 800 }, reducedMotion: "reduce" });
  context.setDefaultTimeout(20_000);
  context.on("request", (request) => {
    const { hostname, protocol, href } = new URL(request.url());
    if (/^(http|ws)s?:$/.test(protocol) && hostname !== "localhost") onForeign(href);
  });
  return { context, page: await context.newPage(), [Symbol.asyncDispose]: () => context.close() };
}
