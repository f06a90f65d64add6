import type { ComponentChildren } from 'preact';
import { labelOf } from '../../model/label.js';
import { isError } from '../../model/span.js';
import type { Node, Trace } from '../../model/tree.js';
import { CallSiteDetails } from '../diagnosis/call-site-link.js';
import { SpanFindings } from '../diagnosis/span-findings.js';
import { formatDuration } from '../format/duration.js';
import { formatExact } from '../format/time.js';
import { endpointText, serviceOf } from '../model/labels.js';
import { CopyButton } from '../parts/copy-button.js';
import { ErrorSign } from '../parts/error-badge.js';
import { ServiceChip } from '../parts/service-chip.js';
import { annotationStart } from './span-row.js';

interface Props {
  trace: Trace;
  node: Node;
  onClose(): void;
  onSelect(node: Node): void;
}

/** Everything that is known about one span. */
export function SpanDetails({ trace, node, onClose, onSelect }: Props) {
  const { span } = node;
  return (
    <aside class="details" aria-label="Span details">
      <div class="details-title">
        <h2>{labelOf(span)}</h2>
        <button type="button" class="small" aria-label="Close details" onClick={onClose}>
          ✕
        </button>
      </div>
      <p class="details-line">
        <ServiceChip service={serviceOf(span)} />
        {span.kind !== undefined && <span class="badge">{span.kind.toLowerCase()}</span>}
        {isError(span) && (
          <span class="badge error-badge">
            <ErrorSign />
            error
          </span>
        )}
      </p>
      <dl class="figures">
        <div>
          <dt>Duration</dt>
          <dd>{span.duration === undefined ? 'unfinished' : formatDuration(span.duration)}</dd>
        </div>
        <div>
          <dt>Starts at</dt>
          <dd>{span.timestamp === undefined ? 'unknown' : formatDuration(node.start)}</dd>
        </div>
        {span.duration !== undefined && trace.duration > 0 && (
          <div>
            <dt>Of the trace</dt>
            <dd>{Math.round((100 * span.duration) / trace.duration)} %</dd>
          </div>
        )}
      </dl>
      <SpanFindings nodeKey={node.key} />
      <CallSiteDetails span={span} />
      <Tags tags={Object.entries(span.tags ?? {})} />
      <Annotations node={node} />
      <h3>Span</h3>
      <table class="pairs">
        <tbody>
          <Pair name="Span id">
            <code>{span.id}</code>
          </Pair>
          <Pair name="Parent">
            <Parent node={node} onSelect={onSelect} />
          </Pair>
          {span.kind !== undefined && <Pair name="Kind">{span.kind}</Pair>}
          {span.localEndpoint !== undefined && (
            <Pair name="Local">{endpointText(span.localEndpoint) || 'unknown'}</Pair>
          )}
          {span.remoteEndpoint !== undefined && (
            <Pair name="Remote">{endpointText(span.remoteEndpoint) || 'unknown'}</Pair>
          )}
          {span.timestamp !== undefined && (
            <Pair name="Started">{formatExact(span.timestamp / 1_000)}</Pair>
          )}
          {node.shift !== 0 && (
            <Pair name="Clock">
              moved by {formatDuration(node.shift)}: its host’s clock differs from the caller’s
            </Pair>
          )}
          {span.shared === true && <Pair name="Shared">with the client of the same id</Pair>}
          {span.debug === true && <Pair name="Debug">yes</Pair>}
        </tbody>
      </table>
      <CopyButton text={() => JSON.stringify(span, null, 2)} label="Copy span as JSON" />
    </aside>
  );
}

function Parent({ node, onSelect }: { node: Node; onSelect(node: Node): void }) {
  const { parent, orphan, span } = node;
  if (orphan === 'parent missing') {
    return (
      <>
        <code>{span.parentId}</code>, which did not arrive
      </>
    );
  }
  if (parent === undefined || orphan !== undefined) return <>none: a root</>;
  return (
    <>
      <code>{parent.span.id}</code>{' '}
      <button type="button" class="link" onClick={() => onSelect(parent)}>
        {labelOf(parent.span)}
      </button>
    </>
  );
}

function Tags({ tags }: { tags: [string, string][] }) {
  return (
    <>
      <h3>Tags</h3>
      {tags.length === 0 ? (
        <p class="quiet">None</p>
      ) : (
        <table class="pairs">
          <tbody>
            {tags.map(([name, value]) => (
              <Pair key={name} name={name} isError={name === 'error'}>
                {value}
              </Pair>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

/** The annotations with their times since the start of the span. */
function Annotations({ node }: { node: Node }) {
  const { annotations = [], timestamp } = node.span;
  return (
    <>
      <h3>Logs</h3>
      {annotations.length === 0 ? (
        <p class="quiet">None</p>
      ) : (
        <table class="pairs logs">
          <tbody>
            {annotations.map((annotation, index) => (
              <tr key={index}>
                <th scope="row" title={formatExact(annotation.timestamp / 1_000)}>
                  {timestamp === undefined
                    ? formatExact(annotation.timestamp / 1_000)
                    : formatDuration(annotationStart(node, annotation.timestamp) - node.start)}
                </th>
                <td>{annotation.value}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

function Pair(props: { name: string; isError?: boolean; children: ComponentChildren }) {
  return (
    <tr class={props.isError === true ? 'failed' : ''}>
      <th scope="row">{props.name}</th>
      <td>{props.children}</td>
    </tr>
  );
}
