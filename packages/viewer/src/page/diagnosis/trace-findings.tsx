import { FINDING_TITLES, type Finding } from '../../model/diagnosis/finding.js';
import type { Trace } from '../../model/tree.js';
import { count } from '../format/count.js';
import { hrefWith, navigate, place } from '../location.js';
import { FindingItem } from './finding-item.js';
import { findings, useFindings } from './findings.js';
import { SeveritySign } from './severity-sign.js';

/** What is wrong in a trace: a line that opens to all findings. Nothing where nothing is. */
export function TraceFindings({ trace }: { trace: Trace }) {
  useFindings(trace);
  const found = findings.value;
  if (found.length === 0) return null;
  const isShown = new URLSearchParams(place.value.search).get('findings') === 'shown';
  const isWarning = found.some(({ severity }) => severity === 'warning');
  const titles = [...new Set(found.map(({ kind }) => FINDING_TITLES[kind]))];
  return (
    <section class={isWarning ? 'findings warned' : 'findings'} aria-label="Findings">
      <button
        type="button"
        class="findings-head"
        aria-expanded={isShown}
        onClick={() => navigate(hrefWith({ findings: isShown ? undefined : 'shown' }), 'replace')}
      >
        <SeveritySign severity={isWarning ? 'warning' : 'note'} />
        <strong>{countText(found)}</strong>
        <span class="findings-titles">{titles.join(' · ')}</span>
        <span class="findings-switch">{isShown ? 'Hide' : 'Explain'}</span>
      </button>
      {isShown && (
        <ul>
          {found.map((finding, index) => (
            <FindingItem key={index} finding={finding} traceId={trace.id} />
          ))}
        </ul>
      )}
    </section>
  );
}

function countText(found: readonly Finding[]): string {
  const warnings = found.filter(({ severity }) => severity === 'warning').length;
  const notes = found.length - warnings;
  return [
    ...(warnings === 0 ? [] : [count(warnings, 'warning')]),
    ...(notes === 0 ? [] : [count(notes, 'note')]),
  ].join(', ');
}
