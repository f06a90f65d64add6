import { place } from './location.js';
import { Message } from './parts/message.js';
import { SearchPage } from './search/search-page.js';
import { TracePage } from './trace/trace-page.js';

/** The whole page: the bar at the top and what the address asks for. */
export function App() {
  return (
    <>
      <header class="topbar">
        <a class="brand" href="/">
          <img src="/icon.svg" alt="" width="24" height="24" />
          opentracing-viewer
        </a>
      </header>
      <main>
        <Content path={place.value.path} />
      </main>
    </>
  );
}

function Content({ path }: { path: string }) {
  if (path === '/') return <SearchPage />;
  const id = /^\/traces\/([^/]+)\/?$/.exec(path)?.[1];
  if (id !== undefined) return <TracePage key={id} id={id} />;
  return (
    <Message title="There is no such page">
      <p>
        <a href="/">Search for traces</a> instead.
      </p>
    </Message>
  );
}
