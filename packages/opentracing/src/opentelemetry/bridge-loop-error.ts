/** Both bridges are installed over each other, so that there is neither a tracer nor an SDK under them. */
export class BridgeLoopError extends Error {
  /** @param what - the part of OpenTelemetry that leads back to OpenTracing */
  constructor(what: 'tracer provider' | 'context manager') {
    super(
      `OpenTelemetryTracer works through OpenTelemetry, whose ${what} is that of opentracing-ts over ` +
        'the same OpenTelemetryTracer, so nothing is traced; leave one of the two bridges out.',
    );
    this.name = 'BridgeLoopError';
  }
}
