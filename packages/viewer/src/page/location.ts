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

/** How long to wait before asking again for an address that the browser refused, in milliseconds. */
const RETRY = 1_000;

/** What the browser has refused to make its address so far. */
let refused: { how: 'push' | 'replace'; retry: ReturnType<typeof setTimeout> } | undefined;

/**
 * Goes to an address of this page, as a new entry of the history or in place of the last. The page is there
 * at once; the browser's address follows when the browser lets it, which limits how often it may change.
 */
export function navigate(href: string, how: 'push' | 'replace' = 'push'): void {
  // An entry that is missing yet is made by what would have replaced it.
  const entry = refused?.how === 'push' ? 'push' : how;
  forgetRefused();
  write(href, entry);
  show(placeOf(new URL(href, location.href)));
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
  forgetRefused();
  show(current());
}

function show(next: Place): void {
  if (next.path === '/') lastSearch.value = next.path + next.search;
  if (!isSame(next, place.value)) place.value = next;
}

function write(href: string, how: 'push' | 'replace'): void {
  try {
    if (how === 'push') history.pushState(null, '', href);
    else history.replaceState(null, '', href);
  } catch (error) {
    // WebKit throws beyond its limit, and Chromium does nothing.
    if (!(error instanceof DOMException)) throw error;
  }
  if (isSame(placeOf(new URL(href, location.href)), current())) refused = undefined;
  else refused = { how, retry: setTimeout(write, RETRY, href, how) };
}

function forgetRefused(): void {
  clearTimeout(refused?.retry);
  refused = undefined;
}

function current(): Place {
  return placeOf(location);
}

function placeOf({ pathname, search }: Location | URL): Place {
  return { path: pathname, search };
}

function isSame(a: Place, b: Place): boolean {
  return a.path === b.path && a.search === b.search;
}

/** A click that means "go there", not "open in a new tab" or "save". */
function isPlainClick(event: MouseEvent): boolean {
  const hasModifier = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
  return event.button === 0 && !hasModifier && !event.defaultPrevented;
}
