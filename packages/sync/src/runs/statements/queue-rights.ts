/**
 * The tables that are missing, and the rights that the user lacks on the others and on the schema. It reads the catalogue:
 * without USAGE on the schema, PostgreSQL refuses to look up a table's name. Parameters: the tables, the privileges and the
 * schema.
 */
export const missingTablesAndRights = `select case when oid is null then 'the table ' || name else privilege || ' on ' || name end as missing
from (
  select
    name,
    (select c.oid from pg_class c where relname = name and relnamespace = to_regnamespace($3)) as oid
  from unnest($1::text[]) as name
) as tables, unnest($2::text[]) as privilege
where oid is null and privilege = $2[1]
  or not has_table_privilege(oid, privilege)
union all
select 'USAGE on ' || $3
where not has_schema_privilege(to_regnamespace($3), 'USAGE')`;
