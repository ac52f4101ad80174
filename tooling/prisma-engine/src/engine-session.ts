import type { SchemaEngine } from "@prisma/schema-engine-wasm/schema_engine_bg";
import { z } from "zod";
import { EngineError, engineError } from "./engine-error.ts";
import type { MigrationDatabase } from "./migration-database.ts";
import { openSchemaEngine } from "./schema-engine.ts";

/** What the CLI may ask, and the engine for WebAssembly answers as it is asked. */
const Method = z.enum([
  "applyMigrations",
  "createMigration",
  "dbExecute",
  "debugPanic",
  "devDiagnostic",
  "diagnoseMigrationHistory",
  "diff",
  "ensureConnectionValidity",
  "evaluateDataLoss",
  "introspect",
  "introspectSql",
  "markMigrationApplied",
  "markMigrationRolledBack",
  "reset",
  "schemaPush",
  "version",
]);

const History = z.object({ migrationsList: z.unknown(), filters: z.unknown() });

const Diff = z.object({ exitCode: z.number(), stdout: z.string().nullish() });

export interface EngineSessionOptions {
  /** @throws {EngineError} where the CLI was given no database that can be used. */
  openDatabase: () => MigrationDatabase;
  /** Paths of the schema's files. */
  schemaFiles: string[];
  /** Has the CLI write to its standard output. */
  print: (content: string) => void;
  onPanic: (reason: string) => never;
}

/** One run of the CLI: the engine opens with the first question, so that an answer to it can say why it does not. */
export class EngineSession {
  private engine: SchemaEngine | undefined;

  constructor(private readonly options: EngineSessionOptions) {}

  /** @throws {EngineError} */
  async answer(method: string, params: unknown): Promise<unknown> {
    const known = Method.safeParse(method === "getDatabaseVersion" ? "version" : method);
    if (!known.success) throw new EngineError(null, `The schema engine for WebAssembly has no method "${method}".`);
    try {
      if (known.data === "evaluateDataLoss" || known.data === "createMigration") await this.replay(params);
      const result = await this.call(known.data, params);
      return known.data === "diff" ? this.printDiff(result) : (result ?? {});
    } catch (error) {
      throw engineError(error);
    }
  }

  private async call(method: z.infer<typeof Method>, params: unknown): Promise<unknown> {
    this.engine ??= await this.open();
    return Reflect.apply(this.engine[method], this.engine, [params]);
  }

  /**
   * What a new migration starts from is the schema that the existing ones lead to. The engine for WebAssembly remembers
   * it from its last diagnosis, but cannot find it again: it asks for no shadow database in these two methods. When
   * `migrate dev` has applied something in between, what it remembers is another schema. So it diagnoses once more.
   */
  private async replay(params: unknown): Promise<void> {
    await this.call("diagnoseMigrationHistory", { ...History.parse(params), optInToShadowDatabase: true });
  }

  private async open(): Promise<SchemaEngine> {
    const { openDatabase, schemaFiles, onPanic } = this.options;
    const database = openDatabase();
    await database.ping();
    return openSchemaEngine(database, schemaFiles, onPanic);
  }

  /** Prisma's own engine has the CLI print a difference; the one for WebAssembly returns it. */
  private printDiff(result: unknown): object {
    const { exitCode, stdout } = Diff.parse(result);
    this.options.print(stdout ?? "");
    return { exitCode };
  }
}
