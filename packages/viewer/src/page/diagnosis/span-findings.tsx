import { FINDING_TITLES } from '../../model/diagnosis/finding.js';
import { findingsByKey } from './findings.js';
import { SeveritySign } from './severity-sign.js';

/** In the details of a span: what was found about it. */
export function SpanFindings({ nodeKey }: { nodeKey: string }) {
  const found = findingsByKey.value.get(nodeKey);
  if (found === undefined) return null;
  return (
    <ul class="span-findings" aria-label="Findings about this span">
      {found.map(({ kind, severity, seen, advice }, index) => (
        <li key={index} class="finding">
          <SeveritySign severity={severity} />
          <div class="finding-text">
            <strong>{FINDING_TITLES[kind]}</strong>
            <p>{seen}</p>
            <p class="quiet">{advice}</p>
          </div>
        </li>
      ))}
    </ul>
  );
}
