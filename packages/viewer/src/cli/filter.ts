import { parseAnnotationQuery } from '../collector/params.js';
import type { TraceQuery } from '../store/query.js';

/** Which traces a command is about. */
export interface Filter {
  service?: string;
  name?: string;
  query?: string;
  /** Only traces that began then or later, in milliseconds since the epoch. Default: all. */
  since?: number;
}

/** The newest traces of all times, as far as the filter lets them through. */
export function queryOf(filter: Filter, limit: number): TraceQuery {
  const query: TraceQuery = {
    annotations: parseAnnotationQuery(filter.query ?? ''),
    from: (filter.since ?? 0) * 1_000,
    to: Number.MAX_SAFE_INTEGER,
    limit,
  };
  if (filter.service) query.serviceName = filter.service.toLowerCase();
  if (filter.name) query.spanName = filter.name.toLowerCase();
  return query;
}
