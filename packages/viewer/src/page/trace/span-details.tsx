import type { ComponentChildren } from 'preact';
import { lengthOf, type Part } from '../../model/critical-path.js';
import { labelOf } from '../../model/label.js';
import { isResourceAttribute, OTLP_TAGS } from '../../model/otlp-names.js';
import { followsFromParent } from '../../model/references.js';
import { selfTime } from '../../model/self-time.js';
import { isError, type Span } from '../../model/span.js';
import type { Node, Trace } from '../../model/tree.js';
import { CallSiteDetails } from '../diagnosis/call-site-link.js';
import { SpanFindings } from '../diagnosis/span-findings.js';
import { formatDuration } from '../format/duration.js';
import { formatExact } from '../format/time.js';
import { endpointText, serviceOf } from '../model/labels.js';
import { CopyButton } from '../parts/copy-button.js';
import { ErrorSign } from '../parts/error-badge.js';
import { Marked } from '../parts/marked.js';
import { ServiceChip } from '../parts/service-chip.js';
import { LogList } from './log-list.js';
import { SpanLinks } from './span-links.js';
import { TagTable } from './tag-table.js';

interface Props {
  trace: Trace;
  node: Node;
  /** Its parts of the critical path, where that is shown. */
  path: readonly Part[] | undefined;
  onClose(): void;
  onSelect(node: Node): void;
}

/** Everything that is known about one span. */
export function SpanDetails({ trace, node, path, onClose, onSelect }: Props) {
  const { span } = node;
  const tags = Object.entries(span.tags ?? {});
  const processTags = tags.filter(([key]) => isResourceAttribute(key));
  return (
    <aside class="details" aria-label="Span details">
      <div class="details-title">
        <h2>
          <Marked text={labelOf(span)} />
        </h2>
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
        {span.duration !== undefined && node.children.length > 0 && (
          <div title="While no span under it was under way">
            <dt>By itself</dt>
            <dd>{formatDuration(selfTime(node))}</dd>
          </div>
        )}
        {path !== undefined && (
          <div title="Its part of the critical path">
            <dt>On the path</dt>
            <dd>{formatDuration(lengthOf(path))}</dd>
          </div>
        )}
      </dl>
      <SpanFindings nodeKey={node.key} />
      <CallSiteDetails span={span} />
      <TagTable title="Tags" tags={tags.filter(([key]) => !isApart(key))} />
      <LogList node={node} />
      <SpanLinks span={span} />
      <h3>Span</h3>
      <table class="pairs">
        <tbody>
          <Pair name="Span id">
            <code>
              <Marked text={span.id} />
            </code>
          </Pair>
          <Pair name={followsFromParent(span) ? 'Follows from' : 'Parent'}>
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
              moved {formatDuration(Math.abs(node.shift))} {node.shift < 0 ? 'earlier' : 'later'}:
              the clock of {serviceOf(span)} differs from its caller’s
            </Pair>
          )}
          {span.shared === true && <Pair name="Shared">with the client of the same id</Pair>}
          {span.debug === true && <Pair name="Debug">yes</Pair>}
        </tbody>
      </table>
      {processTags.length > 0 && <TagTable title="Process" tags={processTags} />}
      <div class="details-buttons">
        <CopyButton text={() => JSON.stringify(span, null, 2)} label="Copy span as JSON" />
        {node.children.length > 0 && (
          <CopyButton
            text={() => JSON.stringify(subtreeOf(node), null, 2)}
            label="Copy with all under it"
          />
        )}
        <CopyButton text={() => permalinkOf(node)} label="Copy link" />
      </div>
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

/** Whether a tag is shown elsewhere: what describes the process, and references. */
function isApart(key: string): boolean {
  return isResourceAttribute(key) || key.startsWith(OTLP_TAGS.link);
}

/** A span and all under it, parents first. */
function subtreeOf(node: Node): Span[] {
  const spans: Span[] = [];
  const waiting = [node];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    spans.push(at.span);
    waiting.push(...[...at.children].reverse());
  }
  return spans;
}

function permalinkOf(node: Node): string {
  return new URL(`/traces/${node.span.traceId}?span=${encodeURIComponent(node.key)}`, location.href)
    .href;
}

function Pair({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>{children}</td>
    </tr>
  );
}
