import { createServer, type IncomingMessage } from "node:http";
import { portOf } from "../src/server.ts";
import type { startClerk } from "./clerk.ts";

type Clerk = Awaited<ReturnType<typeof startClerk>>;

/**
 * A minimal web application on its own port. It uses Clerk as a real one does: its scripts in the page, and its SDK on the
 * server, which may answer a page with a handshake.
 */
export async function startApplication(clerk: Clerk) {
  const server = createServer(async (incoming, response) => {
    const url = new URL(incoming.url ?? "/", origin());
    const request = new Request(url, { headers: headersOf(incoming) });
    const state = await clerk.sdk.authenticateRequest(request, {
      authorizedParties: [origin()],
      proxyUrl: clerk.proxyUrl,
      // 5 s by default: a token would be accepted for that long after its end.
      clockSkewInMs: 1,
    });
    response.setHeaders(state.headers);
    if (state.status === "handshake") {
      response.writeHead(307).end();
    } else if (url.pathname === "/api/me") {
      const { userId, sessionClaims } = state.toAuth();
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ status: state.status, reason: state.reason, userId, sessionClaims }));
    } else {
      response.setHeader("content-type", "text/html; charset=utf-8");
      response.end(page(clerk));
    }
  });
  const origin = () => `http://localhost:${portOf(server)}`;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: origin(),
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function headersOf(incoming: IncomingMessage): [string, string][] {
  return Object.entries(incoming.headers).flatMap(([name, value]) =>
    typeof value === "string" ? [[name, value] satisfies [string, string]] : [],
  );
}

/** `/sign-in`, `/sign-up` and `/user` show Clerk's components; every other page greets the signed-in user. */
function page(clerk: Clerk): string {
  return `<!doctype html><meta charset="utf-8"><title>Application</title><p id="who"></p><div id="component"></div>
<script src="${clerk.clerkUiUrl}" crossorigin="anonymous"></script>
<script src="${clerk.clerkJsUrl}" crossorigin="anonymous"
  data-clerk-publishable-key="${clerk.publishableKey}" data-clerk-proxy-url="${clerk.proxyUrl}"></script>
<script type="module">
  await Clerk.load({
    ui: { ClerkUI: window.__internal_ClerkUICtor },
    signInUrl: "/sign-in", signUpUrl: "/sign-up", signInForceRedirectUrl: "/", signUpForceRedirectUrl: "/",
  });
  const component = document.getElementById("component");
  const who = document.getElementById("who");
  const greet = () => { who.textContent = Clerk.user ? "Signed in as " + Clerk.user.fullName : "Signed out"; };
  Clerk.addListener(greet);
  greet();
  if (location.pathname === "/sign-in") Clerk.mountSignIn(component, { routing: "hash" });
  else if (location.pathname === "/sign-up") Clerk.mountSignUp(component, { routing: "hash" });
  else if (!Clerk.user) component.textContent = "No user is here";
  else if (location.pathname === "/user") Clerk.mountUserProfile(component, { routing: "hash" });
  else Clerk.mountUserButton(component);
</script>`;
}
