// In what the viewer answers otherwise than Zipkin on purpose. Both sides of each are checked, so that one
// that is no more is noticed.
import { firstByte } from './odd-proto.mjs';
import { ALL, path } from './odd-queries.mjs';
import { START, special } from './odd-spans.mjs';

/**
 * @typedef {object} Difference
 * @property {string} reason
 * @property {import('./odd-spans.mjs').Post} [post] what is sent
 * @property {string} [path] what is asked for then
 * @property {string} zipkin the status, and of a list how many items it has
 * @property {string} viewer
 */

const LENGTHY = `long=${'x'.repeat(5000)}`;

/** @type {readonly Difference[]} */
export const differences = [
  {
    reason: 'A body that is cut off is the sender’s fault.',
    post: firstByte,
    zipkin: '500',
    viewer: '400',
  },
  {
    reason: 'A span whose id is all zeros has none, and cannot be a parent.',
    post: special.zeroId,
    zipkin: '202',
    viewer: '400',
  },
  {
    reason: 'A name that is a number is a mistake of the sender’s.',
    post: special.numberAsName,
    zipkin: '202',
    viewer: '400',
  },
  {
    reason: 'A tag that is true or false is clear, and refusing it loses the whole batch.',
    post: special.flagAsTag,
    zipkin: '400',
    viewer: '202',
  },
  {
    reason: 'What follows the list is no JSON, so the body was mixed up on its way.',
    post: special.moreText,
    zipkin: '202',
    viewer: '400',
  },
  {
    reason: 'An empty number is one that was not given, as it is in the other parameters.',
    path: path('/traces', ALL, { endTs: '1', limit: '' }),
    zipkin: '400',
    viewer: '200: 0',
  },
  {
    reason: 'Blanks around the ids of a list say nothing.',
    path: path('/traceMany', { traceIds: ' c1 , c2 ' }),
    zipkin: '400',
    viewer: '200: 2',
  },
  {
    reason: 'A query may be as long as the tag that it looks for.',
    path: path('/traces', ALL, { annotationQuery: LENGTHY }),
    zipkin: '414',
    viewer: '200: 1',
  },
  {
    reason: 'A tag whose key has an equals sign can be found.',
    path: path('/traces', ALL, { annotationQuery: 'a=b=c=d' }),
    zipkin: '200: 0',
    viewer: '200: 1',
  },
  {
    reason: 'A query that ends in “and”, as one does while it is typed, is that without it.',
    path: path('/traces', ALL, { annotationQuery: 'sooner and ' }),
    zipkin: '200: 0',
    viewer: '200: 1',
  },
  {
    reason: 'A query has at most a hundred terms, which bounds its cost.',
    path: path('/traces', ALL, { annotationQuery: Array(101).fill('sooner').join(' and ') }),
    zipkin: '200: 0',
    viewer: '400',
  },
  {
    reason: 'The traces of the last millisecond are in the time that ends with it.',
    post: special.halfOfMillisecond,
    path: path('/traces', { endTs: String(START / 1000 - 1), lookback: '1' }),
    zipkin: '200: 0',
    viewer: '200: 1',
  },
  {
    reason: 'In names, which are listed and searched for, a zero character is U+FFFD.',
    post: special.zeroCharacter,
    path: path('/spans', { serviceName: 'zero\ufffd' }),
    zipkin: '200: 0',
    viewer: '200: 1',
  },
  {
    reason: 'A search is for 10,000 traces at most, which bounds its cost.',
    path: path('/traces', ALL, { endTs: '1', limit: '1000000' }),
    zipkin: '200: 0',
    viewer: '400',
  },
];
