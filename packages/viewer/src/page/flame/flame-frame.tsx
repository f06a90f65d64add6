import { Component } from 'preact';
import type { Frame } from '../../model/flame.js';
import { count } from '../format/count.js';
import { formatDuration } from '../format/duration.js';
import { ErrorSign } from '../parts/error-badge.js';
import { serviceStyle } from '../parts/service-chip.js';

interface Props {
  frame: Frame;
  /** Both in per cent of the graph. */
  left: number;
  width: number;
  siblings: number;
  isFocusable: boolean;
  isZoomed: boolean;
  /** Whether the search finds it; undefined without a search. */
  isMatch: boolean | undefined;
}

/** A frame of the flame graph. A class, so that a move of the focus draws two frames only. */
export class FlameFrame extends Component<Props> {
  override shouldComponentUpdate(next: Props): boolean {
    const keys = Object.keys(next) as (keyof Props)[];
    return keys.some((key) => next[key] !== this.props[key]);
  }

  override render({ frame, left, width, siblings, isFocusable, isZoomed, isMatch }: Props) {
    const classes = ['frame', isMatch === true && 'match', isMatch === false && 'no-match'];
    return (
      <div
        role="treeitem"
        class={classes.filter(Boolean).join(' ')}
        style={{
          ...serviceStyle(frame.service),
          '--level': String(frame.depth),
          left: `${left}%`,
          width: `${width}%`,
        }}
        data-key={frame.key}
        tabIndex={isFocusable ? 0 : -1}
        aria-level={frame.depth + 1}
        aria-posinset={frame.position}
        aria-setsize={siblings}
        aria-selected={isZoomed}
        aria-expanded={frame.children.length > 0 ? true : undefined}
        aria-label={frameLabel(frame, isMatch)}
      >
        {frame.errors > 0 && <ErrorSign />}
        <span class="frame-text">
          <b>{frame.service}</b> {frame.operation}
          {frame.nodes.length > 1 && ` ×${frame.nodes.length.toLocaleString('en')}`}
        </span>
      </div>
    );
  }
}

function frameLabel(frame: Frame, isMatch: boolean | undefined): string {
  const { service, operation, nodes, total, self, errors } = frame;
  return [
    `${service} ${operation}`,
    count(nodes.length, 'span'),
    `${formatDuration(total)} in total`,
    `${formatDuration(self)} itself`,
    errors > 0 && count(errors, 'error'),
    isMatch === true && 'found',
  ]
    .filter(Boolean)
    .join(', ');
}
