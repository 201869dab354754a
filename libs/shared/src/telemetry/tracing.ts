import {
  context,
  propagation,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Span,
} from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { newTraceParent } from './trace-context.js';

export { SpanKind };

/** Stops what `startTracing` started; spans that wait are sent first. */
export type StopTracing = () => Promise<void>;

/**
 * Starts OpenTelemetry's SDK; where its spans go is said by the standard `OTEL_*` variables, which it reads itself.
 * Without it every span is free and the caller's context is passed on unchanged.
 */
export function startTracing(serviceName: string, enabled: boolean): StopTracing {
  if (!enabled) return () => Promise.resolve();
  const sdk = new NodeSDK({ serviceName, metricReaders: [], instrumentations: [] });
  sdk.start();
  return () => sdk.shutdown();
}

/** A span with the context that its children must be given. */
export interface OpenSpan {
  readonly span: Span;
  /** Its W3C `traceparent`; where tracing is off, the parent's or that of a new trace. */
  readonly traceParent: string;
  end(failure?: string): void;
}

/** Begins a span below the one that `parentTraceParent` names. */
export function openSpan(
  name: string,
  options: {
    readonly kind: SpanKind;
    readonly parentTraceParent?: string | undefined;
    readonly attributes?: Attributes;
  },
): OpenSpan {
  const parent = options.parentTraceParent
    ? propagation.extract(context.active(), { traceparent: options.parentTraceParent })
    : context.active();
  const span = trace
    .getTracer('nightjar')
    .startSpan(name, { kind: options.kind, attributes: options.attributes ?? {} }, parent);
  return {
    span,
    traceParent: traceParentOf(span) ?? options.parentTraceParent ?? newTraceParent(),
    end: (failure) => endSpan(span, failure),
  };
}

function endSpan(span: Span, failure: string | undefined): void {
  if (failure !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: failure });
  span.end();
}

function traceParentOf(span: Span): string | undefined {
  const { traceId, spanId, traceFlags } = span.spanContext();
  if (!trace.isSpanContextValid(span.spanContext())) return undefined;
  return `00-${traceId}-${spanId}-${(traceFlags & 0xff).toString(16).padStart(2, '0')}`;
}
