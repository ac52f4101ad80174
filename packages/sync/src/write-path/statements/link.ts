import type { ApplicationTables } from "../../database/tables.ts";
import { idsAs } from "./id-type.ts";
import { type ColumnTypes, names } from "./names.ts";

/** Writes Clerk's ids into the application's own rows. Parameters: Clerk's ids, and the ids of their rows. A row that got an id meanwhile, or whose user got a row, is left. */
export function linkStatement(tables: ApplicationTables, types: ColumnTypes): string {
  const { users, key, id, stamp } = names(tables, types);
  const { type } = idsAs(types);
  return `update ${users} u set ${key} = p.id${stamp} from unnest($1::text[], $2::${type}[]) as p (id, own)
where u.${id} = p.own and u.${key} is null and not exists (select from ${users} o where o.${key} = p.id)
returning p.id as "clerkId"`;
}
