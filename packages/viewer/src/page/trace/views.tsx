import type { ComponentChild } from 'preact';
import type { Trace } from '../../model/tree.js';
import { hrefWith, place } from '../location.js';
import { Tabs } from '../parts/tabs.js';
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
const views: readonly View[] = [timeline];

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
          href: hrefWith({ view: view === timeline ? undefined : view.name }),
          isCurrent: view === current,
        }))}
      />
      {current.draw(trace)}
    </>
  );
}
