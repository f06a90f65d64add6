import type { CallGraph } from '../../model/call-figures.js';

/**
 * Over how many seconds the calls of a graph were made: those of the range that was asked for, in
 * milliseconds, or without a bound those between the first span and the last. At least one second.
 */
export function secondsOf({ first, last }: CallGraph, lookback: number): number {
  const seconds = Number.isFinite(lookback) ? lookback / 1_000 : (last - first) / 1_000_000;
  return Math.max(seconds, 1);
}

/** A rate in the unit in which it is a readable number: `12 /s`, `4.5 /min`, `2 /h`, `0.3 /day`. */
export function formatRate(calls: number, seconds: number): string {
  const units: [size: number, name: string][] = [
    [1, 's'],
    [60, 'min'],
    [3_600, 'h'],
  ];
  for (const [size, name] of units) {
    const rate = (calls * size) / seconds;
    if (rate >= 1) return `${digits(rate)} /${name}`;
  }
  return `${digits((calls * 86_400) / seconds)} /day`;
}

function digits(rate: number): string {
  return rate >= 99.5 ? Math.round(rate).toLocaleString('en') : String(Number(rate.toPrecision(2)));
}
