import { Hono } from 'hono';
import { BadRequestError } from '../errors.js';
import { normalizeTraceId } from '../model/ids.js';
import { diagnoseQuery, diagnoseStored } from '../store/diagnose-stored.js';
import type { SpanStore } from '../store/store.js';
import { parseTraceQuery } from './params.js';

const DEFAULT_LIMIT = 1_000;
/** More would keep the collector from taking spans for seconds. */
const MOST_TRACES = 5_000;

/**
 * `GET /api/diagnosis`: what is wrong in the traces of a search, whose parameters are those of
 * `GET /api/v2/traces`; 1,000 traces unless `limit` says otherwise, at most 5,000.
 * `GET /api/diagnosis/{traceId}`: what is wrong in one trace, as a list.
 */
export function createDiagnosis({ store }: { store: SpanStore }): Hono {
  const api = new Hono();
  api.use(async (c, next) => {
    await next();
    c.header('Cache-Control', 'no-store');
  });
  api.get('/', (c) => {
    const query = parseTraceQuery((name) => c.req.query(name), Date.now());
    const limit = c.req.query('limit')?.trim() ? query.limit : DEFAULT_LIMIT;
    if (limit > MOST_TRACES) throw new BadRequestError(`limit is more than ${MOST_TRACES}`);
    return c.json(diagnoseQuery(store, { ...query, limit }));
  });
  api.get('/:id', (c) => {
    const id = normalizeTraceId(c.req.param('id').trim(), 'the trace id');
    const spans = store.trace(id);
    return spans === undefined
      ? c.text(`${id} not found`, 404)
      : c.json(diagnoseStored(store, spans));
  });
  return api;
}
