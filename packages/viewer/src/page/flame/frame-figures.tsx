import type { Flame, Frame } from '../../model/flame.js';
import { formatDuration } from '../format/duration.js';
import { formatShare } from '../format/share.js';
import { hrefWith } from '../location.js';
import { ErrorBadge } from '../parts/error-badge.js';
import { ServiceChip } from '../parts/service-chip.js';

/** What is known of the frame under the pointer or with the focus. */
export function FrameFigures({ flame, frame }: { flame: Flame; frame: Frame }) {
  const { nodes, total, self, width, errors } = frame;
  const longest = nodes.reduce((most, node) => (node.duration > most.duration ? node : most));
  const figures: [string, string][] = [
    ['Spans', nodes.length.toLocaleString('en')],
    ['Total', formatDuration(total)],
    ['Itself', formatDuration(self)],
    ['Average', formatDuration(total / nodes.length)],
    ['Of all work', formatShare(flame.width === 0 ? 0 : width / flame.width)],
  ];
  return (
    <div class="frame-figures">
      <p class="frame-name">
        <ServiceChip service={frame.service} /> <span>{frame.operation}</span>
        {errors > 0 && <ErrorBadge errors={errors} />}
      </p>
      <dl class="figures">
        {figures.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <a href={hrefWith({ view: undefined, frame: undefined, span: longest.key })}>
        {nodes.length === 1 ? 'Show in the timeline' : 'Longest in the timeline'}
      </a>
    </div>
  );
}
