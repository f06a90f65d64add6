import { useLayoutEffect } from 'preact/hooks';

/**
 * Listens to keys wherever the focus is, but where one types, and without Alt, Ctrl or Meta.
 * @param shortcuts answers what each key does at the moment, by its name (`e`, `ArrowDown`)
 */
export function useShortcuts(shortcuts: () => Readonly<Record<string, () => void>>): void {
  // Before the next key can come: two quick ones are two steps.
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.altKey || event.ctrlKey || event.metaKey || isTyping(event.target)) return;
      const does = shortcuts();
      const act = Object.hasOwn(does, event.key) ? does[event.key] : undefined;
      if (act === undefined) return;
      event.preventDefault();
      act();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  });
}

/** Whether keys are text where the event was. */
export function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input, textarea, select, dialog') !== null;
}
