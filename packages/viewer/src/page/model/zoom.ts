/** The part of a trace's time that is shown, in microseconds since its start. */
export interface Zoom {
  from: number;
  to: number;
}

/** The shortest time that can be shown, as a part of the whole. */
const LEAST = 1e-6;

/** Reads the part that the query of an address names (`?from=…&to=…`); all where it names none. */
export function readZoom(search: string, duration: number): Zoom {
  const params = new URLSearchParams(search);
  const from = timeOf(params.get('from'), 0);
  const to = timeOf(params.get('to'), duration);
  return limitZoom({ from, to }, duration);
}

/** The same part inside the trace, and not empty; all of it where nothing is left. */
export function limitZoom({ from, to }: Zoom, duration: number): Zoom {
  const first = Math.max(0, Math.min(from, to));
  const last = Math.min(duration, Math.max(from, to));
  return last - first > duration * LEAST ? { from: first, to: last } : { from: 0, to: duration };
}

/** Whether a part is less than all. */
export function isZoomed({ from, to }: Zoom, duration: number): boolean {
  return from > 0 || to < duration;
}

/** The parameters of the address for a part, undefined for those that it does not need. */
export function writeZoom(zoom: Zoom, duration: number): { from?: string; to?: string } {
  const { from, to } = limitZoom(zoom, duration);
  return {
    ...(from > 0 ? { from: String(Math.round(from)) } : {}),
    ...(to < duration ? { to: String(Math.round(to)) } : {}),
  };
}

function timeOf(text: string | null, otherwise: number): number {
  const time = text === null || text === '' ? Number.NaN : Number(text);
  return Number.isFinite(time) ? time : otherwise;
}
