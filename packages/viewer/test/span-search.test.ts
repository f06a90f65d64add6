import { describe, expect, it } from 'vitest';
import type { Span } from '../src/model/span.js';
import { spanSearch, wordsOf } from '../src/model/span-search.js';
import { marksIn } from '../src/page/model/marks.js';

const order: Span = {
  traceId: '1',
  id: 'abc',
  name: 'get /orders',
  localEndpoint: { serviceName: 'shop' },
  tags: { 'http.status_code': '500' },
  annotations: [{ timestamp: 1, value: 'Cache miss' }],
};

describe('the search inside a trace', () => {
  const other: Span = { traceId: '1', id: 'def', localEndpoint: { serviceName: 'shop' } };
  const search = spanSearch([{ span: other }, { span: order }]);
  const found = (text: string) => search(text).map(({ span }) => span.id);

  it('finds services, names, tags, logs and ids, in any case', () => {
    for (const text of ['/orders', 'http.status_code=500', 'cache MISS', 'abc', 'miss shop']) {
      expect(found(text), text).toEqual(['abc']);
    }
    expect(found('SHOP')).toEqual(['def', 'abc']);
  });

  it('needs all of the words, and finds nothing with none', () => {
    for (const text of ['shop basket', '', '  ']) expect(found(text), text).toEqual([]);
  });

  it('puts the texts together once', () => {
    let reads = 0;
    const counted = {
      get span() {
        reads += 1;
        return order;
      },
    };
    const again = spanSearch([counted]);
    expect(reads).toBe(0);
    for (const text of ['s', 'sh', 'sho', 'shop']) expect(again(text)).toHaveLength(1);
    expect(reads).toBe(1);
  });

  it('finds in a trace whose texts are too long to keep, too', () => {
    const huge = 'x'.repeat(15_000_000);
    const items = ['a', 'b', 'c'].map((id): { span: Span } => ({
      span: { traceId: '1', id, tags: { huge: huge + id } },
    }));
    const inHuge = spanSearch(items);
    for (const id of ['a', 'b', 'c', 'c']) {
      expect(inHuge(`x${id}`).map(({ span }) => span.id)).toEqual([id]);
    }
  });
});

describe('the words that were found', () => {
  const marked = (text: string, looked: string, before?: string, after?: string) =>
    marksIn(text, wordsOf(looked), before, after)
      .map(({ text: part, isMarked }) => (isMarked ? `[${part}]` : part))
      .join('');

  it('are marked in any case, each where it stands', () => {
    expect(marked('Select stock of SELECT', 'select')).toBe('[Select] stock of [SELECT]');
    expect(marked('select stock', 'stock sel')).toBe('[sel]ect [stock]');
    expect(marked('nothing', 'other')).toBe('nothing');
    expect(marked('nothing', '')).toBe('nothing');
    expect(marked('', 'a')).toBe('');
  });

  it('are the longest at a place, and text rather than patterns', () => {
    expect(marked('/orders/{id}', '/orders / {id}')).toBe('[/orders][/][{id}]');
    expect(marked('a.b a+b (x) [y]', '. (x) [y] a+b $ ^ \\ * ?')).toBe('a[.]b [a+b] [(x)] [[y]]');
  });

  it('may begin in the key of a tag and end in its value', () => {
    expect(marked('http.status_code', 'code=50', '', '=500')).toBe('http.status_[code]');
    expect(marked('500', 'code=50', 'http.status_code=')).toBe('[50]0');
    expect(marked('500', 'status', 'http.status_code=')).toBe('500');
  });

  it('keep the text whole when a letter changes its length with its case', () => {
    expect(marked('İstanbul straße', 'stan ß')).toBe('İ[stan]bul stra[ß]e');
  });
});
