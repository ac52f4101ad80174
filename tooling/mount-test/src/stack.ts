import { fileURLToPath } from "node:url";
import pg from "pg";
import { serve } from "./shell.ts";

export const repositoryRoot = fileURLToPath(new URL("../../..", import.meta.url));

/** Postgres and a Clerk, as `pnpm stack` gives them. */
export interface Stack extends AsyncDisposable {
  /** The lines that it prints. */
  variable(name: string): string;
  /** An empty database's connection string. */
  createDatabase(name: string): Promise<string>;
}

/** How many users Clerk has. */
export const CLERK_USERS = 1_200;

export async function startStack(): Promise<Stack> {
  const program = [
    "--import",
    "tsx",
    "tooling/dev-stack/src/commands/stack.ts",
    `--users=${CLERK_USERS}`,
    "--port-offset=7",
  ];
  const server = await serve(process.execPath, program, /^ready$/m, { cwd: repositoryRoot });
  const variable = (name: string): string => {
    const value = new RegExp(`^${name}=(.*)$`, "m").exec(server.output())?.[1];
    if (value === undefined) throw new Error(`pnpm stack printed no ${name}`);
    return value;
  };
  return {
    variable,
    async createDatabase(name) {
      const client = new pg.Client(variable("POSTGRES_URL"));
      await client.connect();
      await client.query(`create database "${name}"`);
      await client.end();
      const url = new URL(variable("POSTGRES_URL"));
      url.pathname = name;
      return url.href;
    },
    [Symbol.asyncDispose]: server[Symbol.asyncDispose],
  };
}
