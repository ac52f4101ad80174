import { once } from "node:events";
import { createServer, connect as dial, type Socket } from "node:net";

/** A proxy before a database. It can refuse connections, not answer, go silent under live connections, and open again. */
export interface Gate extends AsyncDisposable {
  /** The database's connection string through the gate. */
  url: string;
  /** Cuts every connection, and refuses new ones immediately. */
  shut(): void;
  /** Cuts every connection; new ones are accepted and never answered. */
  silence(): void;
  /** Swallows every byte in both directions, of live and new connections. None is cut, as with a dead host. */
  swallow(): void;
  /** Accepts new connections. Silent ones stay silent. */
  open(): void;
}

export async function openGate(connectionString: string): Promise<Gate> {
  const target = new URL(connectionString);
  let state: "open" | "shut" | "silent" | "swallowing" = "open";
  const sockets = new Set<Socket>();
  const pairs = new Map<Socket, Socket>();
  const swallowed = new WeakSet<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy()).on("close", () => sockets.delete(socket));
  };
  const server = createServer({ allowHalfOpen: true }, (client) => {
    // so that a swallowed close is not answered
    keep(client);
    if (state === "shut") client.resetAndDestroy();
    if (state !== "open") return;
    const database = dial(Number(target.port), target.hostname);
    keep(database);
    client.pipe(database).pipe(client);
    client.on("close", () => {
      if (!swallowed.has(client)) database.destroy();
    });
    database.on("close", () => {
      if (!swallowed.has(client)) client.destroy();
    });
    pairs.set(client, database);
    client.on("close", () => pairs.delete(client));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the gate listens on no port");
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  const url = new URL(connectionString);
  url.hostname = "127.0.0.1";
  url.port = String(address.port);
  return {
    url: url.href,
    shut() {
      state = "shut";
      cut();
    },
    silence() {
      state = "silent";
      cut();
    },
    swallow() {
      state = "swallowing";
      for (const [client, database] of pairs) {
        swallowed.add(client);
        for (const socket of [client.unpipe(database), database.unpipe(client)]) socket.resume();
      }
    },
    open() {
      state = "open";
    },
    async [Symbol.asyncDispose]() {
      server.close();
      cut();
      await once(server, "close");
    },
  };
}
