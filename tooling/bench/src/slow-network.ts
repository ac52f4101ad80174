import { once } from "node:events";
import { createServer, connect as dial, type Socket } from "node:net";

export interface SlowNetwork extends AsyncDisposable {
  port: number;
  /** How often a client has spoken after the server had answered, or for the first time: what latency is paid for. */
  roundTrips(): number;
}

/** A proxy to a local port that delays everything by this long, in each direction. */
export async function openSlowNetwork(port: number, delayMs: number): Promise<SlowNetwork> {
  const sockets = new Set<Socket>();
  let roundTrips = 0;
  const carry = (from: Socket, to: Socket) => {
    sockets.add(from);
    from.setNoDelay(true);
    // Timers with the same delay end in the order in which they started, so nothing is reordered.
    from.on("data", (chunk) => setTimeout(() => to.write(chunk), delayMs));
    from.on("end", () => setTimeout(() => to.end(), delayMs));
    from.on("error", () => to.destroy());
    from.on("close", () => sockets.delete(from));
  };
  const server = createServer((client) => {
    const database = dial(port, "127.0.0.1");
    let isAnswered = true;
    client.on("data", () => {
      if (isAnswered) roundTrips++;
      isAnswered = false;
    });
    database.on("data", () => {
      isAnswered = true;
    });
    carry(client, database);
    carry(database, client);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the slow network listens on no port");
  return {
    port: address.port,
    roundTrips: () => roundTrips,
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, "close");
    },
  };
}
