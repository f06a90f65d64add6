import { useEffect, useState } from 'preact/hooks';

/**
 * A button that puts a text into the clipboard and says so.
 * @param props.of what is copied, for those who do not see where the button stands
 */
export function CopyButton(props: { text: () => string; label: string; of?: string }) {
  const { text, label, of } = props;
  const [outcome, setOutcome] = useState('');
  useEffect(() => {
    if (outcome === '') return;
    const timer = setTimeout(() => setOutcome(''), 2_000);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = async () => setOutcome((await copyText(text())) ? 'Copied' : 'Not copied');
  return (
    <>
      <button type="button" class="small" onClick={copy}>
        {outcome || label}
        {of !== undefined && <span class="unseen"> {of}</span>}
      </button>
      <span class="unseen" role="status">
        {outcome}
      </span>
    </>
  );
}

/** Whether the text is in the clipboard now. */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // No permission, or an address that is neither https nor this machine's own.
    return copyBySelection(text);
  }
}

function copyBySelection(text: string): boolean {
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'unseen';
  const focused = document.activeElement;
  document.body.append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return done;
}
