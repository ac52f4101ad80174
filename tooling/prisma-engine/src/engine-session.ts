import type { SchemaEngine } from "@prisma/schema-engine-wasm/schema_engine_bg";
import { z } from "zod";
import { EngineError, engineError } from "./engine-error.ts";
import type { MigrationDatabase } from "./migration-database.ts";
import { openSchemaEngine } from "./schema-engine.ts";

/** The CLI's requests that the WebAssembly engine answers unchanged. */
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
  /** @throws {EngineError} if the CLI got no usable database. */
  openDatabase: () => MigrationDatabase;
  /** Paths of the schema's files. */
  schemaFiles: string[];
  /** Makes the CLI write to its standard output. */
  print: (content: string) => void;
  onPanic: (reason: string) => never;
}

/** One run of the CLI: the engine opens with the first request, so that its response can say why it failed. */
export class EngineSession {
  private engine: SchemaEngine | undefined;

  constructor(private readonly options: EngineSessionOptions) {}

  /** @throws {EngineError} */
  async answer(method: string, params: unknown): Promise<unknown> {
    const known = Method.safeParse(method === "getDatabaseVersion" ? "version" : method);
    if (!known.success) throw new EngineError(null, `The WebAssembly schema engine has no method "${method}".`);
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
   * A new migration starts from the schema that the existing ones create. The WebAssembly engine remembers it from its last
   * diagnosis, but cannot compute it again: it uses no shadow database in these two methods. If `migrate dev` has applied
   * something in between, it remembers an old schema. So this diagnoses again.
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

  /** Prisma's own engine makes the CLI print a difference; the WebAssembly engine returns it. */
  private printDiff(result: unknown): object {
    const { exitCode, stdout } = Diff.parse(result);
    this.options.print(stdout ?? "");
    return { exitCode };
  }
}
