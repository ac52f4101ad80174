import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";

/** A host's OpenTelemetry SDK that keeps the spans in memory. */
export interface Recording extends AsyncDisposable {
  spans(): ReadableSpan[];
  /** The names of all spans, in the order of their start, each below its parent. */
  trees(): SpanTree[];
  clear(): void;
}

/** A span without children is only its name. */
export type SpanTree = string | { [name: string]: SpanTree[] };

const startOf = ({ startTime: [seconds, nanoseconds] }: ReadableSpan): number => seconds * 1e9 + nanoseconds;

/** Registers the SDK for this process. Dispose of it: other test files share the process. */
export function recordSpans(): Recording {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(provider);
  const spans = () => exporter.getFinishedSpans();
  const below = (parent: string | undefined): SpanTree[] =>
    spans()
      .filter(({ parentSpanContext }) => parentSpanContext?.spanId === parent)
      .sort((a, b) => startOf(a) - startOf(b))
      .map((span) => {
        const children = below(span.spanContext().spanId);
        return children.length === 0 ? span.name : { [span.name]: children };
      });
  return {
    spans,
    trees: () => below(undefined),
    clear: () => exporter.reset(),
    async [Symbol.asyncDispose]() {
      trace.disable();
      context.disable();
      await provider.shutdown();
    },
  };
}
