import type { TracerProvider } from "@opentelemetry/api";
import { DatabaseError } from "./database/database-error.ts";
import { SyncError } from "./sync-error.ts";

/**
 * Everything that a span may say. The list is closed, so that the compiler keeps names and addresses out: codes, ids and counts
 * alone. OpenTelemetry's own names where it has one, https://opentelemetry.io/docs/specs/semconv
 */
export type SpanAttributes = {
  "db.operation.name"?: string;
  "http.response.status_code"?: number;
  "url.template"?: string;
  "rollcall.attempts"?: number;
  "rollcall.delivery_id"?: string;
  "rollcall.dry_run"?: boolean;
  "rollcall.effect_type"?: string;
  "rollcall.event_type"?: string;
  "rollcall.outcome"?: string;
  "rollcall.pass"?: string;
  "rollcall.rows"?: number;
  "rollcall.run_id"?: string;
  "rollcall.run_kind"?: string;
  "rollcall.run_state"?: string;
  "rollcall.source"?: string;
  "rollcall.state"?: string;
  "rollcall.user_id"?: string;
  "rollcall.users"?: number;
  "rollcall.window"?: number;
};

/** Our own work, or a call to Clerk or to the database. */
export type SpanName = `rollcall.${string}` | `clerk ${string}` | `postgres ${string}`;

/** What the work may add to its span. */
export interface SpanNotes {
  note(attributes: SpanAttributes): void;
  /** For work that failed and does not throw. @param type the error's code */
  fail(type: string): void;
}

// The values of OpenTelemetry's enums. To import them would make the package a dependency.
const INTERNAL = 0;
const CLIENT = 2;
const ERROR = 2;

/**
 * Work that may continue after the response of the request that started it: each is a trace of its own. In the request's trace,
 * `@vercel/otel` would end its span together with the request's.
 */
const OWN_TRACES = new Set<SpanName>(["rollcall.window", "rollcall.effect"]);

/**
 * Where every copy of `@opentelemetry/api` 1.x, of whatever version, keeps what the host's SDK registered. It is read here instead
 * of by an import, because no import suits every host: bundlers fail on a package that is missing, and a copy of our own, if newer
 * than the one that the SDK uses, would ignore the SDK (that package's `isCompatible`).
 */
const REGISTERED = Symbol.for("opentelemetry.js.api.1");
const registry: { readonly [key: symbol]: { trace?: TracerProvider } | undefined } = globalThis;

const unnoted: SpanNotes = { note() {}, fail() {} };

/**
 * Runs work in a span of the host's tracer: a child of the span in progress, or the root of a trace of its own. Without an OpenTelemetry SDK it only runs the work.
 * An error is noted by its code or SQLSTATE, never by its message, which may repeat a row's values.
 *
 * @throws what `work` throws
 */
export function withSpan<T>(
  name: SpanName,
  attributes: SpanAttributes,
  work: (span: SpanNotes) => Promise<T>,
): Promise<T> {
  const tracer = registry[REGISTERED]?.trace?.getTracer("rollcall");
  if (!tracer) return work(unnoted);
  const kind = name.startsWith("rollcall.") ? INTERNAL : CLIENT;
  return tracer.startActiveSpan(name, { kind, attributes, root: OWN_TRACES.has(name) }, async (span) => {
    const notes: SpanNotes = {
      note: (more) => void span.setAttributes(more),
      fail: (type) => void span.setStatus({ code: ERROR }).setAttribute("error.type", type),
    };
    try {
      return await work(notes);
    } catch (error) {
      notes.fail(typeOf(error));
      throw error;
    } finally {
      span.end();
    }
  });
}

function typeOf(error: unknown): string {
  if (error instanceof SyncError) return error.code;
  if (error instanceof DatabaseError)
    return error.reason.kind === "refused" ? error.reason.sqlState : error.reason.kind;
  return error instanceof Error ? error.name : typeof error;
}
