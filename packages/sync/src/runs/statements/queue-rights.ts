/** The rights that the user lacks on the queue's tables. Parameters: the tables, the privileges and the schema. */
export const missingQueueRights = `select privilege || ' on ' || "table" as missing
from unnest($1::text[]) as "table", unnest($2::text[]) as privilege
where not has_table_privilege($3 || '.' || "table", privilege)`;
