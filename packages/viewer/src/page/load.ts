import { signal } from '@preact/signals';
import { useCallback, useEffect, useState } from 'preact/hooks';

/** Something that is loaded: what is there, what went wrong, and whether it is under way. */
export interface Loaded<T> {
  data: T | undefined;
  error: Error | undefined;
  loading: boolean;
}

const changes = signal(0);

/** Loads everything again that a page shows: the collector has got something by this page. */
export function reloadAll(): void {
  changes.value += 1;
}

/**
 * Loads something, again whenever `key` changes or `reload` is called; a load that is overtaken
 * is aborted. The last data stay until the next have come, so that a list does not flicker. An
 * undefined key loads nothing.
 */
export function useLoad<T>(
  key: string | undefined,
  load: (signal: AbortSignal) => Promise<T>,
): Loaded<T> & { reload(): void } {
  const [round, setRound] = useState(0);
  const change = changes.value;
  const [state, setState] = useState<Loaded<T> & { key: string | undefined }>();
  useEffect(() => {
    if (key === undefined) return;
    const controller = new AbortController();
    const settle = (data: T | undefined, error: Error | undefined) => {
      if (controller.signal.aborted) return;
      setState((last) => ({
        key,
        data: data ?? (last?.key === key ? last.data : undefined),
        error,
        loading: false,
      }));
    };
    setState((last) => (last?.key === key ? { ...last, loading: true } : last));
    load(controller.signal).then(
      (data) => settle(data, undefined),
      (error: Error) => settle(undefined, error),
    );
    return () => controller.abort();
  }, [key, round, change]);
  const reload = useCallback(() => setRound((last) => last + 1), []);
  if (key === undefined) return { data: undefined, error: undefined, loading: false, reload };
  if (state === undefined) return { data: undefined, error: undefined, loading: true, reload };
  const { data, error, loading } = state;
  return { data, error, loading: loading || state.key !== key, reload };
}
