import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { type CallSite, callSiteOf, callSiteText } from '../../model/call-site.js';
import type { Span } from '../../model/span.js';
import { fetchWorkingDirectory } from '../api.js';
import { chooseEditor, EDITORS, editor, editorHref } from './editors.js';

/** The folder in which the collector runs, which is mostly that of the program. */
const folder = signal<string | undefined>(undefined);
let isAsked = false;

/** Where a span was started, as a link that opens the editor. */
export function CallSiteLink({ site }: { site: CallSite }) {
  useEffect(askForFolder, []);
  const text = callSiteText(site, folder.value);
  const href = editorHref(site);
  if (href === undefined) return <code class="call-site">{text}</code>;
  const name = EDITORS.get(editor.value)?.name ?? 'the editor';
  return (
    <a class="call-site" href={href} title={`${site.file}: open in ${name}`}>
      <code>{text}</code>
    </a>
  );
}

/** In the details of a span: where it was started, and the choice of the editor. */
export function CallSiteDetails({ span }: { span: Span }) {
  const site = callSiteOf(span);
  if (site === undefined) return null;
  return (
    <>
      <h3>Started in{site.name === undefined ? '' : ` ${site.name}`}</h3>
      <p class="call-site-line">
        <CallSiteLink site={site} />
        {editorHref(site) !== undefined && (
          <select
            aria-label="Editor"
            value={editor.value}
            onChange={(event) => chooseEditor(event.currentTarget.value)}
          >
            {[...EDITORS].map(([scheme, { name }]) => (
              <option key={scheme} value={scheme}>
                {name}
              </option>
            ))}
          </select>
        )}
      </p>
    </>
  );
}

function askForFolder(): void {
  if (isAsked) return;
  isAsked = true;
  fetchWorkingDirectory(new AbortController().signal).then(
    (path) => {
      folder.value = path;
    },
    // Then the whole path is shown.
    () => {},
  );
}
