import { signal } from '@preact/signals';
import type { TraceLine } from '../../model/trace-line.js';
import { type TailState, tail } from './tail.js';

/** More rows than this are not kept: the oldest go. */
export const mostRows = 500;
/** Events of so many milliseconds are drawn at once. */
const drawEvery = 100;

/** What the address of the page says is followed. It stays when another page is looked at. */
export const followed = signal('');
/** The traces that came, those that began to come last first. */
export const rows = signal<readonly TraceLine[]>([]);
/** How many traces came, or got more spans, since the rows were held; more than `mostRows`: at least. */
export const waiting = signal(0);
/** Whether the rows are held as they are. */
export const isPaused = signal(false);
/** How it stands with the connection. */
export const state = signal<TailState>('connecting');

let lastEventId = '';
/** What came and is not drawn, by the ids of the traces, in the order in which they came. */
let arrived = new Map<string, TraceLine>();
let drawing: ReturnType<typeof setTimeout> | undefined;

/**
 * Follows the traces that a search finds, as `parseSearch` reads it, until the function is called that it
 * answers. The same search again goes on where it was left, so that nothing is missing; another one begins
 * anew.
 */
export function follow(search: string): () => void {
  if (search !== followed.value) {
    followed.value = search;
    lastEventId = '';
    clear();
  }
  const stop = tail(search, {
    lastEventId: () => lastEventId,
    change(next) {
      state.value = next;
    },
    receive,
  });
  return () => {
    stop();
    clearTimeout(drawing);
    draw();
  };
}

/** Holds the rows as they are, or goes on with what came in the meantime. */
export function pause(hold: boolean): void {
  isPaused.value = hold;
  draw();
}

/** Takes all rows away, and those that wait. */
export function clear(): void {
  arrived.clear();
  rows.value = [];
  waiting.value = 0;
}

function receive(id: string, line: TraceLine | undefined): void {
  lastEventId = id;
  if (line === undefined) return;
  arrived.set(line.id, line);
  // One more than there are rows says that there are more.
  const [oldest] = arrived.keys();
  if (arrived.size > mostRows + 1 && oldest !== undefined) arrived.delete(oldest);
  drawing ??= setTimeout(draw, drawEvery);
}

function draw(): void {
  drawing = undefined;
  if (isPaused.value) {
    waiting.value = arrived.size;
    return;
  }
  waiting.value = 0;
  if (arrived.size === 0) return;
  const next = rows.value.map((row) => {
    const newer = arrived.get(row.id);
    arrived.delete(row.id);
    return newer ?? row;
  });
  rows.value = [...[...arrived.values()].reverse(), ...next].slice(0, mostRows);
  arrived = new Map();
}
