/**
 * What has to hold of a figure of a case; all figures are costs, so that less is better.
 *
 * - `{ atMost: 420 }`: at most so many of the case's unit.
 * - `{ atMost: 1.2, times: 'floor' }`: at most so many times the figure of another variant.
 * - `{ atMost: 0.5, times: 'OpenTelemetry', above: 'nothing' }`: what it costs more than `above`, at
 *   most so many times what `times` costs more than `above`.
 * - `{ fasterThan: 'OpenTelemetry SDK', by: 10 }`: so many times as fast as another variant, 1 unless
 *   it says otherwise; of bytes, less than another.
 *
 * @typedef {{ of?: string, atMost?: number, times?: string, above?: string, fasterThan?: string,
 *   by?: number }} Bar - `of` is the variant that is judged, by default `opentracing-ts`
 * @typedef {{ of: string, wanted: string, found: string, isMet: boolean }} Judgement
 */

export const OURS = 'opentracing-ts';

/**
 * Judges a bar by the figures of the variants.
 *
 * @param {Bar} bar
 * @param {Record<string, number>} figures - by the name of the variant
 * @param {string} unit - of the figures
 * @returns {Judgement}
 * @throws Error for a bar that names a variant without a figure, or says nothing
 */
export function judge(bar, figures, unit) {
  const { of = OURS, atMost, times, above, fasterThan, by = 1 } = bar;
  const base = above === undefined ? 0 : figureOf(figures, above);
  const own = figureOf(figures, of) - base;
  if (fasterThan !== undefined) {
    const ratio = figureOf(figures, fasterThan) / own;
    const isTime = unit !== 'bytes';
    const than = isTime ? `faster than ${fasterThan}` : `less than ${fasterThan}`;
    const wanted = by === 1 ? than : `${by} times as fast as ${fasterThan}`;
    return { of, wanted, found: `${rounded(ratio)} times`, isMet: ratio >= by };
  }
  if (atMost === undefined) {
    throw new Error(`A bar of ${of} says neither atMost nor fasterThan.`);
  }
  if (times === undefined) {
    const found = `${rounded(own)} ${unit}`;
    return { of, wanted: `at most ${atMost} ${unit}`, found, isMet: own <= atMost };
  }
  const ratio = own / (figureOf(figures, times) - base);
  const adds = above === undefined ? '' : ' adds';
  return {
    of,
    wanted: `at most ${rounded(atMost)} times what ${times}${adds || ' takes'}`,
    found: `${rounded(ratio)} times`,
    isMet: ratio <= atMost,
  };
}

/**
 * @param {Record<string, number>} figures
 * @param {string} variant
 */
function figureOf(figures, variant) {
  const figure = figures[variant];
  if (figure === undefined) {
    throw new Error(`A bar names '${variant}'; there are ${Object.keys(figures).join(', ')}.`);
  }
  return figure;
}

/** Three digits where they say something. @param {number} number */
export function rounded(number) {
  const size = Math.abs(number);
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : 2;
  return number.toLocaleString('en', { maximumFractionDigits: digits });
}
