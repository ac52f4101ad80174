/** A table of the host's, as its schema describes it. */
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
  /** Who gives a new row its value where none is written: nobody, the database, or the ORM's own function, by its name. */
  filledBy: null | "database" | { orm: string };
  /** The table, by its label, that it refers to. */
  refersTo: string | null;
}
