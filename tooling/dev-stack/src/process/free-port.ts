import { createServer } from "node:net";

/** The first port from `from` on that is free on both 127.0.0.1 and ::1: `localhost` may mean either. 0: any port. */
export async function firstFreePort(from: number): Promise<number> {
  for (let port = from; port <= 65_535; port += 1) {
    const free = await listen(port, "127.0.0.1");
    if (free !== undefined && (await listen(free, "::1")) !== undefined) return free;
    if (from === 0) port = -1;
  }
  throw new Error(`No port from ${from} on is free.`);
}

/** The port if it was free a moment ago; otherwise undefined. */
function listen(port: number, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE" || error.code === "EACCES") resolve(undefined);
      else if (error.code === "EADDRNOTAVAIL" || error.code === "EAFNOSUPPORT")
        resolve(port); // a machine without IPv6
      else reject(error);
    });
    server.listen(port, host, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" ? address?.port : undefined));
    });
  });
}
