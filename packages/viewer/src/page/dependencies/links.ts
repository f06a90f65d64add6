import type { CallFigures } from '../../model/call-figures.js';

/** The address of the search for the traces of a service. */
export function serviceHref(service: string): string {
  return `/?${new URLSearchParams({ serviceName: service })}`;
}

/**
 * The address of the search for the traces in which one service calls another; where no caller says whom it
 * calls, so that no search finds them, that of the trace with the longest call.
 */
export function callsHref({ parent, child, isNamed, slowest }: CallFigures): string {
  if (!isNamed) return `/traces/${slowest}`;
  return `/?${new URLSearchParams({ serviceName: parent, remoteServiceName: child })}`;
}
