import { signal } from '@preact/signals';

/** Where the page is: the path and the query of its address. */
export interface Place {
  path: string;
  search: string;
}

/** The page's address; components that read it are drawn again when it changes. */
export const place = signal<Place>(current());

/** The address of the last search, for the way back from a trace. */
export const lastSearch = signal('/');

/** Goes to an address of this page, as a new entry of the history or in place of the last. */
export function navigate(href: string, how: 'push' | 'replace' = 'push'): void {
  if (how === 'push') history.pushState(null, '', href);
  else history.replaceState(null, '', href);
  update();
}

/** The address of where the page is, with parameters of its query changed, or removed (undefined). */
export function hrefWith(changes: Readonly<Record<string, string | undefined>>): string {
  const { path, search } = place.value;
  const params = new URLSearchParams(search);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) params.delete(name);
    else params.set(name, value);
  }
  const text = params.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** Follows back and forward, and turns clicks on links to this page into changes of the address. */
export function followLinks(): void {
  window.addEventListener('popstate', update);
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (link === null || !isPlainClick(event) || link.target !== '') return;
    if (link.origin !== location.origin || link.hasAttribute('download')) return;
    // A link to a part of the page is the browser's business.
    if (link.hash !== '') return;
    event.preventDefault();
    navigate(link.pathname + link.search);
    window.scrollTo(0, 0);
  });
  update();
}

function update(): void {
  const next = current();
  if (next.path === '/') lastSearch.value = next.path + next.search;
  if (next.path !== place.value.path || next.search !== place.value.search) place.value = next;
}

function current(): Place {
  return { path: location.pathname, search: location.search };
}

/** A click that means "go there", not "open in a new tab" or "save". */
function isPlainClick(event: MouseEvent): boolean {
  const hasModifier = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
  return event.button === 0 && !hasModifier && !event.defaultPrevented;
}
