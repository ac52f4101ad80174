import { startPostgres } from "@rollcall/dev-stack";

const [dataDirectory = ""] = process.argv.slice(2);
const postgres = await startPostgres({ dataDirectory, port: 0, durable: false });
process.stdout.write(`URL=${postgres.url("postgres")}\nready\n`);
