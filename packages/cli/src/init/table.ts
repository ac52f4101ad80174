/** One of the host's tables, as its schema describes it. */
export interface Table {
  /** In the schema file: Prisma's model, or the constant of a Drizzle table. */
  label: string;
  /** As SQL names it. */
  name: string;
  columns: Column[];
}

export interface Column {
  /** In the schema file. */
  label: string;
  /** As SQL names it. */
  name: string;
  type: "text" | "time" | "uuid" | "number" | "other";
  nullable: boolean;
  unique: boolean;
  primary: boolean;
  /** What fills the column of a new row without a value: nothing, the database, or a function of the ORM, by its name. */
  filledBy: null | "database" | { orm: string };
  /** The table, by its label, that it refers to. */
  refersTo: string | null;
}
