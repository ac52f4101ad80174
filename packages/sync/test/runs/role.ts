import { randomUUID } from "node:crypto";
import type { Host } from "../write-path/host.ts";

/** Another database user, without rights. */
export interface Role extends AsyncDisposable {
  /** As this user. */
  url: string;
  grant(right: string): Promise<void>;
  revoke(right: string): Promise<void>;
}

export async function openRole({ sql, url }: Pick<Host, "sql" | "url">): Promise<Role> {
  const name = `role_${randomUUID().replaceAll("-", "")}`;
  await sql.query(`create role ${name} login`);
  const own = new URL(url);
  own.username = name;
  return {
    url: own.href,
    grant: async (right) => void (await sql.query(`grant ${right} to ${name}`)),
    revoke: async (right) => void (await sql.query(`revoke ${right} from ${name}`)),
    async [Symbol.asyncDispose]() {
      await sql.query(`reassign owned by ${name} to current_user`);
      await sql.query(`drop owned by ${name}`);
      await sql.query(`drop role ${name}`);
    },
  };
}

/** The rights that a worker needs in the queue's schema, once a migration has created its tables. */
export async function grantQueue(guest: Role): Promise<void> {
  await guest.grant("usage on schema rollcall_queue");
  await guest.grant("select, insert, update, delete on all tables in schema rollcall_queue");
}
