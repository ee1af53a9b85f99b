import type { TracingSettings } from '../config/settings.ts';
import type { Tracing } from './tracing.ts';

/** The process that the traces describe. */
export interface TracedProcess {
  /** The name of the service, unless the settings have another. */
  readonly service: string;
  readonly version: string;
}

/**
 * Opens the traces of a process. The SDK of OpenTelemetry is loaded only here.
 * @returns undefined when no collector is set
 * @see docs/operating/observability.md
 */
export async function openTracing(
  settings: TracingSettings,
  { service, version }: TracedProcess,
): Promise<Tracing | undefined> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_SERVICE_NAME: name = service } = settings;
  if (!endpoint) return undefined;
  const { createOpenTelemetryTracing } = await import('./opentelemetry/opentelemetry-tracing.ts');
  return createOpenTelemetryTracing({
    endpoint,
    service: name,
    version,
    sampler: settings.OTEL_TRACES_SAMPLER,
    ratio: settings.OTEL_TRACES_SAMPLER_ARG,
  });
}
