import type { CallGraph } from '../model/call-figures.js';
import type { Diagnosis } from '../model/diagnosis/diagnose-all.js';
import type { Finding } from '../model/diagnosis/finding.js';
import type { Span } from '../model/span.js';
import { apiQuery, type Query } from './search/query.js';

/** The collector's answer was an error. The message is a sentence for the reader. */
export class ApiError extends Error {
  /** The HTTP status, 0 when the collector was not reached. */
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
  }
}

/** The names of all services, sorted. Throws `ApiError`; so do the others. */
export function fetchServices(signal: AbortSignal): Promise<string[]> {
  return get('/api/v2/services', signal);
}

/** The operation names of a service, sorted. */
export function fetchOperations(serviceName: string, signal: AbortSignal): Promise<string[]> {
  return get(`/api/v2/spans?${new URLSearchParams({ serviceName })}`, signal);
}

/** The traces that a search finds, each as its spans. */
export function fetchTraces(query: Query, signal: AbortSignal): Promise<Span[][]> {
  return get(`/api/v2/traces?${apiQuery(query, Date.now())}`, signal);
}

/** The spans of one trace. An `ApiError` of status 404 when there is none. */
export function fetchTrace(id: string, signal: AbortSignal): Promise<Span[]> {
  return get(`/api/v2/trace/${encodeURIComponent(id)}`, signal);
}

/** What is wrong in one trace, warnings first. */
export function fetchFindings(id: string, signal: AbortSignal): Promise<Finding[]> {
  return get(`/api/diagnosis/${encodeURIComponent(id)}`, signal);
}

/** What is wrong in the newest traces. @param lookback milliseconds; @param serviceName empty for all */
export function fetchDiagnosis(
  serviceName: string,
  lookback: number,
  signal: AbortSignal,
): Promise<Diagnosis> {
  const params = new URLSearchParams({ serviceName, lookback: String(lookback) });
  return get(`/api/diagnosis?${params}`, signal);
}

/** The folder in which the collector runs. */
export async function fetchWorkingDirectory(signal: AbortSignal): Promise<string | undefined> {
  const { workingDirectory } = await get<{ workingDirectory?: string }>('/info', signal);
  return workingDirectory;
}

/** Which service calls which in the last so many milliseconds; `Infinity`: in all time. */
export function fetchCallGraph(lookback: number, signal: AbortSignal): Promise<CallGraph> {
  const now = Date.now();
  const range = { endTs: String(now), lookback: String(Math.min(lookback, now)) };
  return get(`/api/dependencies?${new URLSearchParams(range)}`, signal);
}

/** Gives spans to the collector. @param body a list of Zipkin v2, as JSON */
export async function postSpans(body: string): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  await request('/api/v2/spans', { method: 'POST', headers, body });
}

async function get<T>(path: string, signal: AbortSignal): Promise<T> {
  const response = await request(path, { signal, headers: { accept: 'application/json' } });
  try {
    return (await response.json()) as T;
  } catch (error) {
    if (signal.aborted) throw error;
    throw new ApiError('The collector answered with something that is not JSON.', response.status);
  }
}

async function request(path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (error) {
    if (init.signal?.aborted === true) throw error;
    throw new ApiError('The collector cannot be reached. Is opentracing-viewer still running?', 0);
  }
  if (!response.ok) {
    const text = (await response.text()).trim().slice(0, 500);
    throw new ApiError(
      text || `The collector answered with status ${response.status}.`,
      response.status,
    );
  }
  return response;
}
