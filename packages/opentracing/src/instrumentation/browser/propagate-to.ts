import { describeValue } from '../../describe-value.js';
import { isOfPage } from '../../page-origin.js';
import type { Guard } from '../guard.js';
import type { PropagationTarget } from './options.js';

/**
 * Whether the headers of a trace may be sent to a URL: to the origin of the page, and where the program
 * says so.
 *
 * Source: Fetch, section 4.9, "CORS-preflight fetch".
 *
 * @param of - the function that takes the option, for messages
 * @throws TypeError for what is no list of targets
 * @internal
 */
export function propagateTo(
  of: string,
  targets: readonly PropagationTarget[] | undefined,
  guard: Guard,
): (url: URL) => boolean {
  if (targets !== undefined && targets !== null && !Array.isArray(targets)) {
    throw new TypeError(
      `The propagateTo of ${of} is ${describeValue(targets)}; give an array of origins.`,
    );
  }
  const tests = (targets ?? []).map((target) => testOf(of, target, guard));
  return (url) => isOfPage(url) || tests.some((test) => test(url) === true);
}

function testOf(
  of: string,
  target: PropagationTarget,
  guard: Guard,
): (url: URL) => boolean | undefined {
  if (typeof target === 'function') {
    return guard(target);
  }
  if (target instanceof RegExp) {
    // One with the flag `g` goes on from where it stopped.
    const { source, flags } = target;
    const expression = new RegExp(source, flags.replace(/[gy]/g, ''));
    return ({ href }) => expression.test(href);
  }
  const origin = originOf(target);
  if (origin === null) {
    throw new TypeError(
      `The propagateTo of ${of} has ${describeValue(target)}; give an origin such as ` +
        "'https://api.example.com', a RegExp or a function.",
    );
  }
  return (url) => url.origin === origin;
}

function originOf(target: unknown): string | null {
  try {
    const { origin, href } = new URL(target as string);
    return `${origin}/` === href ? origin : null;
  } catch {
    return null;
  }
}
