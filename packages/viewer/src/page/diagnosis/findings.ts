import { computed, signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Finding } from '../../model/diagnosis/finding.js';
import type { Trace } from '../../model/tree.js';
import { fetchFindings } from '../api.js';

/** What is wrong in the trace that is shown, once it is known. */
export const findings = signal<readonly Finding[]>([]);

/** The findings by the keys of the nodes of the trace that is shown. */
export const findingsByKey = computed(() => {
  const byKey = new Map<string, Finding[]>();
  for (const finding of findings.value) {
    for (const { traceId, key } of finding.places) {
      if (traceId !== shownTrace.value) continue;
      const same = byKey.get(key);
      if (same === undefined) byKey.set(key, [finding]);
      else same.push(finding);
    }
  }
  return byKey;
});

const shownTrace = signal('');

/** Asks the collector what is wrong in a trace, again when its spans were loaded again. */
export function useFindings(trace: Trace | undefined): void {
  useEffect(() => {
    findings.value = [];
    if (trace === undefined) return;
    shownTrace.value = trace.id;
    const controller = new AbortController();
    fetchFindings(trace.id, controller.signal).then(
      (found) => {
        findings.value = found;
      },
      // The trace is of more use without its findings than a message in its place.
      () => {},
    );
    return () => controller.abort();
  }, [trace]);
}
