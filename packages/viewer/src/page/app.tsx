import type { ComponentChild } from 'preact';
import { useEffect } from 'preact/hooks';
import { ChoosePage } from './compare/choose-page.js';
import { ComparePage } from './compare/compare-page.js';
import { DependenciesPage } from './dependencies/dependencies-page.js';
import { DiagnosisPage } from './diagnosis/diagnosis-page.js';
import { ImportArea } from './files/import-area.js';
import { followed } from './live/feed.js';
import { LivePage } from './live/live-page.js';
import { lastSearch, place } from './location.js';
import { Message } from './parts/message.js';
import { Tabs } from './parts/tabs.js';
import { SearchPage } from './search/search-page.js';
import { TracePage } from './trace/trace-page.js';

/** A page: the paths that it answers to, and what it draws for one. */
interface Route {
  path: RegExp;
  /** @param parts what the groups of `path` matched */
  draw(...parts: string[]): ComponentChild;
}

const routes: readonly Route[] = [
  { path: /^\/$/, draw: () => <SearchPage /> },
  { path: /^\/live\/?$/, draw: () => <LivePage /> },
  { path: /^\/diagnosis\/?$/, draw: () => <DiagnosisPage /> },
  { path: /^\/dependencies\/?$/, draw: () => <DependenciesPage /> },
  { path: /^\/compare\/([^/]+)\/?$/, draw: (id) => <ChoosePage key={id} id={id ?? ''} /> },
  {
    path: /^\/compare\/([^/]+)\/([^/]+)\/?$/,
    draw: (before, after) => <ComparePage ids={[before ?? '', after ?? '']} />,
  },
  { path: /^\/traces\/([^/]+)\/?$/, draw: (id) => <TracePage key={id} id={id ?? ''} /> },
];

/** The whole page: the bar at the top and what the address asks for. */
export function App() {
  const { path } = place.value;
  return (
    <>
      <header class="topbar">
        <a class="brand" href="/">
          <img src="/icon.svg" alt="" width="24" height="24" />
          <span>opentracing-viewer</span>
        </a>
        <Tabs
          label="Pages"
          tabs={[
            { label: 'Search', href: lastSearch.value, isCurrent: path === '/' },
            { label: 'Live', href: liveHref(), isCurrent: /^\/live\/?$/.test(path) },
            { label: 'Diagnosis', href: '/diagnosis', isCurrent: path === '/diagnosis' },
            {
              label: 'Dependencies',
              href: '/dependencies',
              isCurrent: path.startsWith('/dependencies'),
            },
          ]}
        />
      </header>
      <ImportArea />
      <main>{contentOf(path)}</main>
    </>
  );
}

/** What was followed last is still there. */
function liveHref(): string {
  const search = followed.value;
  return search === '' ? '/live' : `/live?${new URLSearchParams({ annotationQuery: search })}`;
}

function contentOf(path: string): ComponentChild {
  for (const route of routes) {
    const match = route.path.exec(path);
    if (match !== null) return route.draw(...match.slice(1));
  }
  return <NoSuchPage />;
}

function NoSuchPage() {
  useEffect(() => {
    document.title = 'No such page';
  }, []);
  return (
    <Message title="There is no such page">
      <p>
        <a href="/">Search for traces</a> instead.
      </p>
    </Message>
  );
}
