import { FINDING_TITLES } from '../../model/diagnosis/finding.js';
import { findingsByKey } from './findings.js';
import { SeveritySign } from './severity-sign.js';

/** The mark of a row whose span has findings, with their titles; nothing for others. */
export function FindingMark({ nodeKey }: { nodeKey: string }) {
  const found = findingsByKey.value.get(nodeKey);
  if (found === undefined) return null;
  const severity = found.some((each) => each.severity === 'warning') ? 'warning' : 'note';
  const titles = [...new Set(found.map(({ kind }) => FINDING_TITLES[kind]))];
  return (
    <span class="finding-mark" title={titles.join(', ')}>
      <SeveritySign severity={severity} />
    </span>
  );
}
