import { describe, expect, it } from 'vitest';
import { parseSearch, writeTerm } from '../src/model/search-terms.js';

const terms = (text: string) => {
  const parsed = parseSearch(text);
  return 'terms' in parsed ? parsed.terms : parsed;
};

describe('the language of searches', () => {
  it('takes words, tags and the fields of a search in any order', () => {
    expect(
      terms('error service=Shop name=checkout http.status_code=500 remote=db minDuration=10ms'),
    ).toEqual({
      serviceName: 'shop',
      remoteServiceName: 'db',
      spanName: 'checkout',
      minDuration: 10_000,
      annotations: [{ key: 'error' }, { key: 'http.status_code', value: '500' }],
    });
  });

  it('takes what Zipkin takes, terms joined by "and"', () => {
    expect(terms('error and http.method=GET')).toEqual({
      annotations: [{ key: 'error' }, { key: 'http.method', value: 'GET' }],
    });
  });

  it('keeps together what stands between quotation marks', () => {
    expect(terms('message="two words" "a log line" quote="\\"\\\\"')).toEqual({
      annotations: [
        { key: 'message', value: 'two words' },
        { key: 'a log line' },
        { key: 'quote', value: '"\\' },
      ],
    });
  });

  it('takes a quoted key for a tag, whatever it is called', () => {
    expect(terms('"name"=Ann "and" "a=b"')).toEqual({
      annotations: [{ key: 'name', value: 'Ann' }, { key: 'and' }, { key: 'a=b' }],
    });
  });

  it('lets the value of a tag have equals signs, and the last value of a key count', () => {
    expect(terms('a=1 sql=x=y a=2 a')).toEqual({
      annotations: [
        { key: 'a', value: '2' },
        { key: 'sql', value: 'x=y' },
      ],
    });
  });

  it('finds everything with nothing', () => {
    expect(terms('  ')).toEqual({ annotations: [] });
    expect(terms('service= ')).toEqual({ annotations: [] });
  });

  for (const [text, problem] of [
    ['message="two words', 'a quotation mark in the search is not closed'],
    [
      'minDuration=10',
      'the value of minDuration has to be a number and a unit, such as 10ms, 1.5s or 200us, not "10"',
    ],
    ['minDuration=1s maxDuration=1ms', 'maxDuration of the search is less than minDuration'],
    ['=500', 'nothing is before =500'],
  ] as const) {
    it(`says what is wrong with ${text}`, () => {
      expect(parseSearch(text)).toEqual({ problem });
    });
  }

  it('is limited to as many terms as the engine takes', () => {
    const many = Array.from({ length: 101 }, (_, i) => `k${i}`).join(' ');
    expect(parseSearch(many)).toEqual({ problem: 'the search has more than 100 terms' });
  });

  it('reads what it wrote as it was meant', () => {
    for (const [key, value] of [
      ['error', undefined],
      ['and', undefined],
      ['name', 'Ann'],
      ['a b', 'x "y" \\ = z'],
      ['empty words', ' '],
    ] as const) {
      expect(terms(writeTerm(key, value))).toEqual({
        annotations: [value === undefined ? { key } : { key, value }],
      });
    }
  });
});
