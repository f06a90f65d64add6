import { serviceOf } from '../label.js';
import { UNKNOWN_SERVICE } from '../otlp-names.js';
import type { Trace } from '../tree.js';
import { type Finding, findingOf, namedAll } from './finding.js';

/** Spans that do not say which service they are of, all together. */
export function namelessServices({ nodes }: Trace): Finding[] {
  const [first, ...others] = nodes.filter(
    ({ span }) =>
      span.localEndpoint?.serviceName === undefined || serviceOf(span).startsWith(UNKNOWN_SERVICE),
  );
  if (first === undefined) return [];
  const verb = others.length === 0 ? 'does' : 'do';
  return [
    findingOf(
      'no-service',
      'note',
      [first, ...others],
      `${namedAll([first, ...others])} ${verb} not say which service recorded it.`,
      'Give the tracer a serviceName, or the program OPENTRACING_SERVICE_NAME (OTEL_SERVICE_NAME), so that it can be searched for and has its place among the services.',
    ),
  ];
}
