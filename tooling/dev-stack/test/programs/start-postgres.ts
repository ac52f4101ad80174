import { startPostgres } from "@rollcall/dev-stack";
import { stopSignal } from "../../src/process/stop-signal.ts";

const [dataDirectory = ""] = process.argv.slice(2);
const stopped = stopSignal();
await using postgres = await startPostgres({ dataDirectory, port: 0, durable: false });
process.stdout.write(`URL=${postgres.url("postgres")}\nready\n`);
await stopped;
