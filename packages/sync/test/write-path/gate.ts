import { once } from "node:events";
import { createServer, connect as dial, type Socket } from "node:net";

/** The way to a database, which can be cut, left without an answer, and opened again. */
export interface Gate extends AsyncDisposable {
  /** The database's connection string by way of the gate. */
  url: string;
  /** Cuts every connection, and refuses new ones at once. */
  shut(): void;
  /** Cuts every connection; new ones are taken and never answered. */
  silence(): void;
  open(): void;
}

export async function openGate(connectionString: string): Promise<Gate> {
  const target = new URL(connectionString);
  let state: "open" | "shut" | "silent" = "open";
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy()).on("close", () => sockets.delete(socket));
  };
  const server = createServer((client) => {
    keep(client);
    if (state === "shut") client.resetAndDestroy();
    if (state !== "open") return;
    const database = dial(Number(target.port), target.hostname);
    keep(database);
    client.pipe(database).pipe(client);
    client.on("close", () => database.destroy());
    database.on("close", () => client.destroy());
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
