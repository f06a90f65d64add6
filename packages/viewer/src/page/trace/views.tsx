import type { ComponentChild } from 'preact';
import type { Trace } from '../../model/tree.js';
import { FlameView } from '../flame/flame-view.js';
import { hrefWith, place } from '../location.js';
import { Tabs } from '../parts/tabs.js';
import { StatisticsView } from '../statistics/statistics-view.js';
import { TraceView } from './trace-view.js';

/** A way to look at a trace. */
interface View {
  /** What the address says: `?view=…`. */
  name: string;
  label: string;
  draw(trace: Trace): ComponentChild;
}

/** The first is what an address without a view means. */
const timeline: View = {
  name: 'timeline',
  label: 'Timeline',
  draw: (trace) => <TraceView trace={trace} />,
};
const views: readonly View[] = [
  timeline,
  { name: 'flame', label: 'Flame graph', draw: (trace) => <FlameView trace={trace} /> },
  { name: 'statistics', label: 'Statistics', draw: (trace) => <StatisticsView trace={trace} /> },
];

/** What only one view understands, and would mean something else or nothing in another. */
const ofOneView = {
  from: undefined,
  to: undefined,
  frame: undefined,
  by: undefined,
  tag: undefined,
  sort: undefined,
};

/** The switch between the views of a trace, and the view that the address names. */
export function TraceViews({ trace }: { trace: Trace }) {
  const name = new URLSearchParams(place.value.search).get('view');
  const current = views.find((view) => view.name === name) ?? timeline;
  return (
    <>
      <Tabs
        label="Views of the trace"
        tabs={views.map((view) => ({
          label: view.label,
          href: hrefWith({ ...ofOneView, view: view === timeline ? undefined : view.name }),
          isCurrent: view === current,
        }))}
      />
      {current.draw(trace)}
    </>
  );
}
