import type { Finding } from '../../model/diagnosis/finding.js';

/** A triangle for a warning, a circle for a note; said in words to screen readers. */
export function SeveritySign({ severity }: Pick<Finding, 'severity'>) {
  return (
    <>
      <svg class={`severity ${severity}`} viewBox="0 0 16 16" aria-hidden="true">
        {severity === 'warning' ? (
          <path d="M8 1.2 15.4 14.4H.6z" />
        ) : (
          <circle cx="8" cy="8" r="7" />
        )}
        <path
          class="severity-mark"
          d={severity === 'warning' ? 'M8 6v4M8 11.8v1' : 'M8 7.2v4.4M8 4.2v1'}
        />
      </svg>
      <span class="unseen">{severity} </span>
    </>
  );
}
